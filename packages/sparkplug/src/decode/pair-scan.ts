import type { Reader } from '../protobuf.ts';
import { SET_KEY, SET_VALUE } from '../wire.ts';
import type { Key, Keys } from './keys.ts';

/**
 * The keys and the places of the values of one property set. Protobuf may send all keys first, all values first, or
 * both mixed, so nothing can be paired before the set has been read. Reused from set to set.
 */
export class PairScan {
  readonly keys: Key[] = [];
  /** Start and end of value i at 2i and 2i + 1. */
  readonly spans: number[] = [];
  keyCount = 0;
  valueCount = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  reset(): void {
    this.keyCount = 0;
    this.valueCount = 0;
  }

  /** Pairs that can be read: keys and values beyond the limit are counted, not kept. */
  get pairs(): number {
    return Math.min(this.keyCount, this.valueCount, this.#most);
  }

  /** Reads up to `end`, where the reader's length must stand. Throws on broken protobuf. */
  scan(reader: Reader, buffer: Buffer, end: number, table: Keys): void {
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === SET_KEY) {
        const length = reader.size();
        const start = reader.pos;
        reader.skip(length);
        if (this.keyCount < this.#most) this.keys[this.keyCount] = table.read(buffer, start, reader.pos);
        this.keyCount++;
      } else if (tag === SET_VALUE) {
        const length = reader.size();
        const start = reader.pos;
        reader.skip(length);
        if (this.valueCount < this.#most) {
          this.spans[2 * this.valueCount] = start;
          this.spans[2 * this.valueCount + 1] = reader.pos;
        }
        this.valueCount++;
      } else {
        reader.skipType(tag & 7);
      }
    }
  }
}
