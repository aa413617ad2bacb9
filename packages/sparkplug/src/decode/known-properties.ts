import type { DecodedProperty } from '../metric.ts';
import type { Key } from './keys.ts';

/** A small birth must not pay for the table of a large one. */
const FIRST_SLOTS = 64;
/** A word made of key and length, then the first, the second and the last four bytes of the value. */
const ENDS_WORDS = 4;
/** Bytes that these words hold: the last four may overlap the others. */
const ENDS_BYTES = 12;

/** Bytes of the longest values for which there is a table each; nearly all values are short. */
export const SHORT = ENDS_BYTES;
export const LONG = 60;

/**
 * Properties seen before, found by their key and the bytes of their value: units, limits and modes repeat a hundred
 * thousand times in a birth, and comparing a few words is several times faster than decoding them. A slot holds one
 * value, the one that came last, so memory is bounded; small slots stay in the processor's cache.
 */
export class KnownProperties {
  readonly #slotWords: number;
  readonly #mostSlots: number;
  #properties: (DecodedProperty | undefined)[] = [];
  #slots: Int32Array;
  #mask = FIRST_SLOTS - 1;
  /** Since the table has its size. Many are a sign of values that share slots, or of many values. */
  #misses = 0;
  // What `find` has just looked for in vain.
  #hash = 0;
  #head = 0;
  #first = 0;
  #second = 0;
  #last = 0;

  /**
   * @param longest bytes of a value that is looked for or remembered, a multiple of 4
   * @param mostSlots the first number of slots times a power of four
   */
  constructor({ longest, mostSlots }: { longest: number; mostSlots: number }) {
    this.#slotWords = ENDS_WORDS + (longest - ENDS_BYTES) / 4;
    this.#mostSlots = mostSlots;
    this.#slots = new Int32Array(FIRST_SLOTS * this.#slotWords);
  }

  /** The property that had this key and value, if it is remembered. */
  find(key: Key, view: DataView, start: number, length: number): DecodedProperty | null {
    // Keys that are not shared have the number 0 and are never remembered; an empty slot has no property.
    const head = (key.id << 8) | length;
    let first = 0;
    let second = 0;
    let last = 0;
    if (length >= 4) {
      first = view.getInt32(start);
      last = view.getInt32(start + length - 4);
      if (length > 8) second = view.getInt32(start + 4);
    } else {
      for (let i = 0; i < length; i++) first = (first << 8) | view.getUint8(start + i);
    }
    let hash = Math.imul(first ^ Math.imul(head, 0x9e37_79b1), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ last ^ Math.imul(second, 0xc2b2_ae35), 0x9e37_79b1);
    hash ^= hash >>> 15;
    const slots = this.#slots;
    const slot = hash & this.#mask;
    const at = slot * this.#slotWords;
    if (
      slots[at] === head &&
      slots[at + 1] === first &&
      slots[at + 2] === second &&
      slots[at + 3] === last &&
      (length <= ENDS_BYTES || isBetween(slots, at + ENDS_WORDS, view, start, length))
    ) {
      return this.#properties[slot] ?? null;
    }
    this.#hash = hash;
    this.#head = head;
    this.#first = first;
    this.#second = second;
    this.#last = last;
    return null;
  }

  /** Remembers what `find` has just not found. */
  remember(property: DecodedProperty, view: DataView, start: number, length: number): void {
    const slot = this.#hash & this.#mask;
    if (++this.#misses > this.#mask / 2 && this.#mask < this.#mostSlots - 1) {
      this.#grow();
      return;
    }
    this.#properties[slot] = property;
    const slots = this.#slots;
    let at = slot * this.#slotWords;
    slots[at++] = this.#head;
    slots[at++] = this.#first;
    slots[at++] = this.#second;
    slots[at++] = this.#last;
    for (let i = 8; i < length - 4; i += 4) slots[at++] = view.getInt32(start + i);
  }

  /** Begins anew with four times the slots: what is worth remembering comes again. */
  #grow(): void {
    const slots = 4 * (this.#mask + 1);
    this.#properties = [];
    this.#properties.length = slots;
    this.#slots = new Int32Array(slots * this.#slotWords);
    this.#mask = slots - 1;
    this.#misses = 0;
  }
}

/** Whether the words that `remember` has put at `at` are those between the first eight bytes of the value and the last four. */
function isBetween(slots: Int32Array, at: number, view: DataView, start: number, length: number): boolean {
  for (let i = 8; i < length - 4; i += 4) if (slots[at++] !== view.getInt32(start + i)) return false;
  return true;
}
