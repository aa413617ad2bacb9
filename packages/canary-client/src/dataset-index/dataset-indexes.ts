import type { CanaryFailure } from '../outcome.ts';
import { DatasetIndex } from './dataset-index.ts';
import type { DatasetIndexStats } from './dataset-index-event.ts';
import type { Resolution, TagResolver } from './resolution.ts';

/** Series come from the names of tags, and those from births: without a bound a broken edge could open any number. */
const MAX_SERIES = 64;

const tooManySeries: CanaryFailure = {
  outcome: 'refused',
  reason: 'tooLarge',
  detail: `tags of more than ${MAX_SERIES} enterprises; name the one series of datasets they are in`,
};

/**
 * An index for each series of datasets. Without a fixed prefix the first segment of a Canary id names its series: the tags of `Secil.…`
 * are in Secil, Secil2, …, those of `Acme.…` in Acme, Acme2, …
 */
export class DatasetIndexes implements TagResolver {
  readonly #open: (prefix: string) => DatasetIndex;
  readonly #fixedPrefix: string | null;
  readonly #indexes = new Map<string, DatasetIndex>();

  constructor(options: { fixedPrefix: string | null; open: (prefix: string) => DatasetIndex }) {
    this.#open = options.open;
    this.#fixedPrefix = options.fixedPrefix;
  }

  /** What each index holds that was read; by series. */
  get stats(): ReadonlyMap<string, DatasetIndexStats> {
    return new Map(
      [...this.#indexes].flatMap(([prefix, { stats }]) => (stats === null ? [] : [[prefix, stats] as const])),
    );
  }

  async resolve(canaryIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Resolution>> {
    signal.throwIfAborted();
    const bySeries = Map.groupBy(canaryIds, (canaryId) => this.#fixedPrefix ?? canaryId.split('.', 1)[0] ?? '');
    const answers = await Promise.all(
      [...bySeries].map(([prefix, ids]) => this.#index(prefix)?.resolve(ids, signal) ?? refuse(ids)),
    );
    return new Map(answers.flatMap((answer) => [...answer]));
  }

  /** Ends what is under way. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([...this.#indexes.values()].map((index) => index.close()));
  }

  #index(prefix: string): DatasetIndex | null {
    const known = this.#indexes.get(prefix);
    if (known !== undefined) return known;
    if (this.#indexes.size === MAX_SERIES) return null;
    const index = this.#open(prefix);
    this.#indexes.set(prefix, index);
    return index;
  }
}

function refuse(canaryIds: readonly string[]): ReadonlyMap<string, Resolution> {
  return new Map(canaryIds.map((canaryId) => [canaryId, { outcome: 'unavailable', failure: tooManySeries }]));
}
