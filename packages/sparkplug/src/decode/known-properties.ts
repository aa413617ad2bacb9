import type { DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import { hashBytes } from './bytes.ts';
import type { Key } from './keys.ts';

const SLOTS = 4_096;
const SLOT_BYTES = 64;
const HEAD_BYTES = 4;
const LONGEST = SLOT_BYTES - HEAD_BYTES;

/**
 * Properties seen before, found by their key and the bytes of their value: units, limits and modes repeat a hundred
 * thousand times in a birth, and comparing a few bytes is several times faster than decoding them. Memory is bounded:
 * a slot holds one short value, and gets it when the same value comes a second time.
 */
export class KnownProperties {
  readonly #properties: (DecodedProperty | undefined)[] = [];
  /** Slot after slot, a cache line each: a word made of key and length, then the bytes of the value. */
  readonly #slots = new DataView(new ArrayBuffer(SLOTS * SLOT_BYTES));
  readonly #seen = new Int32Array(SLOTS);
  #hash = 0;

  constructor() {
    this.#properties.length = SLOTS;
  }

  /** The property that had this key and value, if it is remembered. */
  find(key: Key, { view }: Source, start: number, end: number): DecodedProperty | null {
    const length = end - start;
    if (length > LONGEST) return null;
    this.#hash = hashBytes(view, start, end) ^ Math.imul(key.id, 0x9e37_79b1);
    const slot = this.#hash & (SLOTS - 1);
    const slots = this.#slots;
    let known = slot * SLOT_BYTES;
    if (slots.getInt32(known) !== headOf(key, length)) return null;
    known += HEAD_BYTES;
    let at = start;
    for (; at + 4 <= end; at += 4, known += 4) if (slots.getInt32(known) !== view.getInt32(at)) return null;
    for (; at < end; at++, known++) if (slots.getUint8(known) !== view.getUint8(at)) return null;
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
    const known = slot * SLOT_BYTES;
    this.#properties[slot] = property;
    this.#slots.setInt32(known, headOf(key, length));
    for (let i = 0; i < length; i++) this.#slots.setUint8(known + HEAD_BYTES + i, view.getUint8(start + i));
  }
}

/** Keys are numbered from 1, so that no head is that of an empty slot. */
function headOf(key: Key, length: number): number {
  return (key.id << 8) | length;
}
