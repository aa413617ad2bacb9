import { createHash } from 'node:crypto';
import type { RejectedMetric } from '@uns/sparkplug';
import type { BirthNames } from './birth-names.ts';

const mostNames = 50_000;
const mostCharacters = 8 * 1024 ** 2;

/** Reasons for which a metric was never stored, or stands in the birth a second time. */
const neverStored: ReadonlySet<string> = new Set([
  'NAME_MISSING',
  'NAME_TOO_LONG',
  'NAME_NOT_TEXT',
  'TEMPLATE_DEFINITION',
  'NESTED_DUPLICATE',
]);

/**
 * Metrics that a birth has and that cannot be stored: what is stored of them is not gone. Beyond 50,000 names, or 8 million characters of
 * them, it is only known that there are more.
 */
export class UnreadMetrics {
  readonly #names = new Set<string>();
  #characters = 0;
  #unidentified = false;

  get names(): string[] {
    return [...this.#names];
  }

  /** There are some that nobody can tell the names of. */
  get unidentified(): boolean {
    return this.#unidentified;
  }

  addRejected({ wholeName, alias, reason }: RejectedMetric, names: BirthNames): void {
    // Templates and their members that have an alias alone cannot be flattened, and stand in the store under the names they had.
    if (reason === 'NAME_MISSING' && alias !== null) {
      this.add(names.nameOfAlias(alias));
      return;
    }
    if (neverStored.has(reason)) return;
    this.add(wholeName ?? (alias === null ? null : (names.nameOfAlias(alias) ?? `alias:${alias}`)));
  }

  add(name: string | null): void {
    // No database text holds a NUL, so nothing of that name is stored.
    if (name?.includes('\0') === true) return;
    const isFull = this.#names.size >= mostNames || this.#characters + (name?.length ?? 0) > mostCharacters;
    if (name === null || (isFull && !this.#names.has(name))) {
      this.#unidentified = true;
    } else if (!this.#names.has(name)) {
      this.#names.add(name);
      this.#characters += name.length;
    }
  }

  /** What they add to the fingerprint of the birth: one that has a metric it cannot tell is another than one without it. */
  *fingerprints(): Generator<Buffer> {
    for (const name of this.#names) yield createHash('md5').update(`unread ${name}`).digest();
    if (this.#unidentified) yield createHash('md5').update('unidentified').digest();
  }
}
