import type { PropertyFaultReason } from '../faults.ts';
import { hashBytes, isSoundText, sameBytes } from './texts.ts';

const BUCKETS = 8_192;
const MOST_KEYS = 4_096;
const LONGEST_SHARED = 128;

/** A property key as it stands on the wire. */
export interface Key {
  text: string;
  /** Why no property can have this key. */
  problem: PropertyFaultReason | null;
  /** False when the table was full: equal keys are then different objects. */
  shared: boolean;
  /** The number of the metric that used the key last: tells duplicates within a metric without comparing texts. */
  usedBy: number;
}

/**
 * One object per distinct property key: a birth has hundreds of thousands of properties and a few dozen keys. The table
 * is bounded and never evicts, so a key is either shared for good or never.
 */
export class Keys {
  readonly #buckets: (({ bytes: Uint8Array } & Key)[] | undefined)[] = Array.from({ length: BUCKETS });
  readonly #longestBytes: number;
  #count = 0;

  constructor(longestBytes: number) {
    this.#longestBytes = longestBytes;
  }

  read(buffer: Buffer, start: number, end: number): Key {
    if (end - start > LONGEST_SHARED) return this.#make(buffer, start, end, false);
    const index = hashBytes(buffer, start, end) & (BUCKETS - 1);
    const bucket = this.#buckets[index];
    if (bucket !== undefined) {
      for (const key of bucket) if (sameBytes(key.bytes, buffer, start, end)) return key;
    }
    if (this.#count === MOST_KEYS) return this.#make(buffer, start, end, false);
    this.#count++;
    const key = {
      ...this.#make(buffer, start, end, true),
      bytes: Uint8Array.prototype.slice.call(buffer, start, end),
    };
    if (bucket === undefined) this.#buckets[index] = [key];
    else bucket.push(key);
    return key;
  }

  #make(buffer: Buffer, start: number, end: number, shared: boolean): Key {
    const tooLong = end - start > this.#longestBytes;
    const text = buffer.toString('utf8', start, tooLong ? start + this.#longestBytes : end);
    let problem: PropertyFaultReason | null = null;
    if (tooLong) problem = 'KEY_TOO_LONG';
    else if (text === '') problem = 'KEY_EMPTY';
    else if (!isSoundText(text, buffer, start, end)) problem = 'KEY_NOT_TEXT';
    return { text, problem, shared, usedBy: -1 };
  }
}
