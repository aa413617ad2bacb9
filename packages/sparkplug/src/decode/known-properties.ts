import type { DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import { hashBytes } from './bytes.ts';
import type { Key } from './keys.ts';

/** A small birth must not pay for the table of a large one. */
const FIRST_SLOTS = 64;
const MOST_SLOTS = 16_384;
const SLOT_BYTES = 64;
const HEAD_BYTES = 4;
const LONGEST = SLOT_BYTES - HEAD_BYTES;

/**
 * Properties seen before, found by their key and the bytes of their value: units, limits and modes repeat a hundred
 * thousand times in a birth, and comparing a few bytes is several times faster than decoding them. Memory is bounded:
 * a slot holds one short value, and gets it when the same value comes a second time.
 */
export class KnownProperties {
  #properties: (DecodedProperty | undefined)[] = [];
  /** Slot after slot, a cache line each: a word made of key and length, then the bytes of the value. */
  #slots = new DataView(new ArrayBuffer(FIRST_SLOTS * SLOT_BYTES));
  #seen = new Int32Array(FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  #used = 0;
  #hash = 0;

  /** The property that had this key and value, if it is remembered. */
  find(key: Key, { view }: Source, start: number, end: number): DecodedProperty | null {
    const length = end - start;
    if (length > LONGEST) return null;
    this.#hash = hashBytes(view, start, end) ^ Math.imul(key.id, 0x9e37_79b1);
    const slot = this.#hash & this.#mask;
    const slots = this.#slots;
    let known = slot * SLOT_BYTES;
    if (slots.getInt32(known, true) !== headOf(key, length)) return null;
    known += HEAD_BYTES;
    let at = start;
    for (; at + 4 <= end; at += 4, known += 4) if (slots.getInt32(known, true) !== view.getInt32(at, true)) return null;
    for (; at < end; at++, known++) if (slots.getUint8(known) !== view.getUint8(at)) return null;
    return this.#properties[slot] ?? null;
  }

  /** Remembers what `find` has just not found. */
  remember(property: DecodedProperty, key: Key, { view }: Source, start: number, end: number): void {
    const length = end - start;
    if (length > LONGEST || !key.shared) return;
    const slot = this.#hash & this.#mask;
    if (this.#seen[slot] !== this.#hash) {
      this.#seen[slot] = this.#hash;
      return;
    }
    if (this.#properties[slot] === undefined && ++this.#used > this.#mask / 2 && this.#mask < MOST_SLOTS - 1) {
      this.#grow();
      return;
    }
    const known = slot * SLOT_BYTES;
    this.#properties[slot] = property;
    this.#slots.setInt32(known, headOf(key, length), true);
    for (let i = 0; i < length; i++) this.#slots.setUint8(known + HEAD_BYTES + i, view.getUint8(start + i));
  }

  /** Begins anew with four times the slots: what is worth remembering comes again. */
  #grow(): void {
    const slots = 4 * (this.#mask + 1);
    this.#properties = [];
    this.#properties.length = slots;
    this.#slots = new DataView(new ArrayBuffer(slots * SLOT_BYTES));
    this.#seen = new Int32Array(slots);
    this.#mask = slots - 1;
    this.#used = 0;
  }
}

/** Keys are numbered from 1, so that no head is that of an empty slot. */
function headOf(key: Key, length: number): number {
  return (key.id << 8) | length;
}
