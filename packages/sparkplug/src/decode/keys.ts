import type { PropertyFaultReason } from '../faults.ts';
import type { Limits } from '../limits.ts';
import type { Source } from '../protobuf.ts';
import { SET_KEY } from '../wire.ts';
import { equalBytes } from './bytes.ts';
import { readText } from './text.ts';

const MOST_KEYS = 4_096;
const LONGEST_RUN = 512;
/** Runs remembered of each length. */
const RUNS = 8;

/** A property key as it stands on the wire. */
export interface Key {
  readonly text: string;
  /** Why no property can have this key. */
  readonly problem: PropertyFaultReason | null;
  /** False when the table was full: equal keys are then different objects. */
  readonly shared: boolean;
  /** From 1; 0 for all that are not shared. */
  readonly id: number;
  /** The number of the metric that used the key last: tells duplicates within a metric without comparing texts. */
  usedBy: number;
}

/** The keys with which a property set begins, in nearly every birth all of them. */
interface KeyRun {
  /** A copy: what is remembered must not keep a piece of the payload alive. */
  bytes: DataView;
  /** As many as a metric may have properties. */
  keys: Key[];
  /** Keys in the run. */
  count: number;
}

/**
 * One object per distinct property key, and one list of keys per distinct property set: a birth has hundreds of
 * thousands of properties, a few dozen keys and a few dozen combinations of them, so a set's keys are recognised whole.
 * Both tables are bounded. Keys are never evicted: a key is either shared for good or never.
 */
export class Keys {
  readonly #longestBytes: number;
  readonly #mostKeys: number;
  readonly #byText = new Map<string, Key>();
  readonly #runsByLength: (KeyRun[] | undefined)[] = [];

  constructor({ keyBytes, properties }: Limits) {
    this.#longestBytes = keyBytes;
    this.#mostKeys = properties;
    this.#runsByLength.length = LONGEST_RUN + 1;
  }

  /** The keys of the run of key fields from `start` to `end`. */
  readRun(source: Source, start: number, end: number): { readonly keys: readonly Key[]; readonly count: number } {
    const length = end - start;
    if (length > LONGEST_RUN) return this.#makeRun(source, start, end, start);
    const runs = this.#runsByLength[length];
    if (runs === undefined) {
      const run = this.#makeRun(source, start, end, end);
      this.#runsByLength[length] = [run];
      return run;
    }
    for (const run of runs) if (equalBytes(run.bytes, 0, source.view, start, length)) return run;
    const run = this.#makeRun(source, start, end, end);
    if (runs.length === RUNS) runs.shift();
    runs.push(run);
    return run;
  }

  #makeRun(source: Source, start: number, end: number, knownEnd: number): KeyRun {
    const keys: Key[] = [];
    const { buffer } = source;
    let count = 0;
    for (let at = start; at < end; count++) {
      const first = at + 2;
      at = first + (buffer[at + 1] ?? 0);
      if (count < this.#mostKeys) keys.push(this.read(source, first, at));
    }
    const { view } = source;
    const bytes = new DataView(view.buffer.slice(view.byteOffset + start, view.byteOffset + knownEnd));
    return { bytes, keys, count };
  }

  /** The key between `start` and `end`. */
  read(source: Source, start: number, end: number): Key {
    const { buffer } = source;
    if (end - start > this.#longestBytes) {
      const text = buffer.toString('utf8', start, start + this.#longestBytes);
      return { text, problem: 'KEY_TOO_LONG', shared: false, id: 0, usedBy: -1 };
    }
    const text = readText(source, start, end);
    if (text === null) {
      const shown = buffer.toString('utf8', start, end);
      return { text: shown, problem: 'KEY_NOT_TEXT', shared: false, id: 0, usedBy: -1 };
    }
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const shared = this.#byText.size < MOST_KEYS;
    const id = shared ? this.#byText.size + 1 : 0;
    const key: Key = { text, problem: text === '' ? 'KEY_EMPTY' : null, shared, id, usedBy: -1 };
    if (shared) this.#byText.set(text, key);
    return key;
  }
}

/** Where the run of key fields that begins at `start` ends; fields with longer lengths end it too. */
export function endOfKeyRun(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && buffer[at] === SET_KEY) {
    const length = buffer[at + 1] ?? 0x80;
    if (length >= 0x80 || at + 2 + length > end) break;
    at += 2 + length;
  }
  return at;
}
