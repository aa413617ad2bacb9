import type { DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import { KnownBytes } from './bytes.ts';
import type { Key } from './keys.ts';

const SLOTS = 2_048;
const SHORTEST = 4;
const LONGEST = 40;

interface KnownProperty {
  key: Key;
  bytes: KnownBytes;
  property: DecodedProperty;
}

/**
 * Properties seen before, found by their key and the bytes of their value: units, limits and modes repeat a hundred
 * thousand times in a birth, and comparing a few bytes is several times faster than decoding them. Memory is bounded:
 * a slot holds one short value, and gets it when the same value comes a second time.
 */
export class KnownProperties {
  readonly #slots: (KnownProperty | undefined)[] = [];
  readonly #seen = new Int32Array(SLOTS);
  #hash = 0;

  constructor() {
    this.#slots.length = SLOTS;
  }

  /** The property that had this key and value, if it is remembered. */
  find(key: Key, source: Source, start: number, end: number): DecodedProperty | null {
    if (end - start > LONGEST || end - start < SHORTEST) return null;
    this.#hash = sampleHash(source.view, start, end) ^ key.salt;
    const known = this.#slots[this.#hash & (SLOTS - 1)];
    if (known === undefined || known.key !== key || !known.bytes.equal(source.view, start, end)) return null;
    return known.property;
  }

  /** Remembers what `find` has just not found. */
  remember(property: DecodedProperty, key: Key, source: Source, start: number, end: number): void {
    if (end - start > LONGEST || end - start < SHORTEST || !key.shared) return;
    const slot = this.#hash & (SLOTS - 1);
    if (this.#seen[slot] === this.#hash) {
      this.#slots[slot] = { key, bytes: new KnownBytes(source.view, start, end), property };
    } else {
      this.#seen[slot] = this.#hash;
    }
  }
}

/** Two words of the value and its length: enough to find a slot, and `equal` decides. */
function sampleHash(view: DataView, start: number, end: number): number {
  const last = view.getInt32(end - 4);
  const middle = view.getInt32(start + ((end - start - 4) >> 1));
  const hash = Math.imul(last ^ (end - start), 0x9e37_79b1) ^ Math.imul(middle, 0x85eb_ca6b);
  return hash ^ (hash >>> 15);
}
