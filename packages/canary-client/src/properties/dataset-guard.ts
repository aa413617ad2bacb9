import { ClientOptionsError } from '../client-options-error.ts';

/** A write that must not leave the process. Nothing of its request was sent, and repeating it never helps. */
export class GuardRailError extends Error {
  override readonly name = 'GuardRailError';
  readonly tag: string;

  constructor(tag: string, why: string) {
    super(`refused to write to ${tag}: ${why}`);
    this.tag = tag;
  }
}

/** The first segment of a tag; null when nothing follows it. */
export function datasetOf(tag: string): string | null {
  const dot = tag.indexOf('.');
  return dot < 1 || dot === tag.length - 1 ? null : tag.slice(0, dot);
}

/** Which datasets may be written. In Test mode exactly one, and only there are datasets created. */
export class DatasetGuard {
  readonly #only: string | null;

  /**
   * @param override The one dataset of Test mode; null outside it.
   * @throws ClientOptionsError unless its name starts with `Test`: Test mode creates datasets, which a mistyped
   *   override must not do in production.
   */
  constructor(override: string | null) {
    if (override !== null && (!/^Test[^.:=/*\\%?<>]*$/.test(override) || override.endsWith(' '))) {
      throw new ClientOptionsError(`the dataset override ${JSON.stringify(override)} does not name a Test dataset`);
    }
    this.#only = override;
  }

  get testMode(): boolean {
    return this.#only !== null;
  }

  /** @throws GuardRailError when the tag has no dataset, or another than Test mode allows. */
  check(tag: string): void {
    const dataset = datasetOf(tag);
    if (dataset === null) throw new GuardRailError(tag, 'it is not of the form <dataset>.<rest>');
    if (this.#only !== null && dataset !== this.#only) {
      throw new GuardRailError(tag, `Test mode is on and allows ${this.#only} only`);
    }
  }
}
