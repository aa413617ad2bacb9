import { excerpt } from '../faults.ts';
import type { Key } from './keys.ts';

const NO_KEYS: readonly Key[] = [];

/** The state of reading one property set: keys and values are two lists and may arrive in any mixture. */
export class PropertySetFrame {
  /** Values seen so far. */
  valueCount = 0;
  /** Start and end of the values that stood before their keys, from value `firstLate` on. */
  readonly late: number[] = [];
  firstLate = 0;
  /** Null for the metric's own set. */
  readonly path: string | null;
  readonly depth: number;
  /** The keys the set begins with; a list shared with other sets. */
  #run: readonly Key[] = NO_KEYS;
  #runCount = 0;
  readonly #more: Key[] = [];

  constructor(path: string | null, depth: number) {
    this.path = path;
    this.depth = depth;
  }

  reset(): void {
    this.#run = NO_KEYS;
    this.#runCount = 0;
    this.valueCount = 0;
    if (this.#more.length > 0) this.#more.length = 0;
    if (this.late.length > 0) this.late.length = 0;
  }

  get keyCount(): number {
    return this.#runCount + this.#more.length;
  }

  /** The keys the set begins with: `count` of them, of which the list has those within the limit. */
  addRun(keys: readonly Key[], count: number): void {
    this.#run = keys;
    this.#runCount = count;
  }

  addKey(key: Key): void {
    this.#more.push(key);
  }

  /** The key of the value at hand; null while it is not known, and from then on, so that pairs keep their order. */
  keyAtHand(): Key | null {
    return this.late.length > 0 ? null : this.#keyAt(this.valueCount);
  }

  /** Puts the value at hand off until the whole set has been read. */
  putOff(start: number, end: number): void {
    if (this.late.length === 0) this.firstLate = this.valueCount;
    this.late.push(start, end);
  }

  /** The key of a value put off; null when there is none. */
  lateKey(index: number): Key | null {
    return this.#keyAt(this.firstLate + index);
  }

  /** What of the set has no counterpart, in words; null when keys and values are equally many. */
  mismatch(): string | null {
    if (this.keyCount === this.valueCount) return null;
    const counts = `${this.keyCount} keys, ${this.valueCount} values`;
    if (this.keyCount < this.valueCount) return counts;
    const lost = [...this.#run, ...this.#more].slice(this.valueCount).map((key) => JSON.stringify(key.text));
    return `${counts}: no value for ${excerpt(lost.join(', '))}`;
  }

  #keyAt(index: number): Key | null {
    return (index < this.#runCount ? this.#run[index] : this.#more[index - this.#runCount]) ?? null;
  }
}
