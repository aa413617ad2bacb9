import type { DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import { hashBytes } from './bytes.ts';
import type { Key } from './keys.ts';

const SLOTS = 4_096;
const LONGEST = 64;

/**
 * Properties seen before, found by their key and the bytes of their value: units, limits and modes repeat a hundred
 * thousand times in a birth, and comparing a few bytes is several times faster than decoding them. Memory is bounded:
 * a slot holds one short value, and gets it when the same value comes a second time.
 */
export class KnownProperties {
  readonly #properties: (DecodedProperty | undefined)[] = [];
  readonly #keys: (Key | undefined)[] = [];
  readonly #lengths = new Uint8Array(SLOTS);
  /** The bytes of the value in slot i from 64 i on: in one piece, as objects of their own would be all over memory. */
  readonly #bytes = new DataView(new ArrayBuffer(SLOTS * LONGEST));
  readonly #seen = new Int32Array(SLOTS);
  #hash = 0;

  constructor() {
    this.#properties.length = SLOTS;
    this.#keys.length = SLOTS;
  }

  /** The property that had this key and value, if it is remembered. */
  find(key: Key, { view }: Source, start: number, end: number): DecodedProperty | null {
    const length = end - start;
    if (length > LONGEST) return null;
    this.#hash = hashBytes(view, start, end) ^ key.salt;
    const slot = this.#hash & (SLOTS - 1);
    if (this.#lengths[slot] !== length || this.#keys[slot] !== key) return null;
    const bytes = this.#bytes;
    const known = slot * LONGEST;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (bytes.getInt32(known + i) !== view.getInt32(start + i)) return null;
    for (; i < length; i++) if (bytes.getUint8(known + i) !== view.getUint8(start + i)) return null;
    return this.#properties[slot] ?? null;
  }

  /** Remembers what `find` has just not found. */
  remember(property: DecodedProperty, key: Key, { view }: Source, start: number, end: number): void {
    const length = end - start;
    if (length > LONGEST || !key.shared) return;
    const slot = this.#hash & (SLOTS - 1);
    if (this.#seen[slot] !== this.#hash) {
      this.#seen[slot] = this.#hash;
      return;
    }
    this.#properties[slot] = property;
    this.#keys[slot] = key;
    this.#lengths[slot] = length;
    for (let i = 0; i < length; i++) this.#bytes.setUint8(slot * LONGEST + i, view.getUint8(start + i));
  }
}
