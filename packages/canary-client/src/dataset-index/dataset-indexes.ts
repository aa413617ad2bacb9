import type { CanaryFailure } from '../outcome.ts';
import type { Timing } from '../timing.ts';
import type { ViewsCalls } from '../views/views-calls.ts';
import { CallBudget } from './call-budget.ts';
import type { TagIndexLimits } from './compact-tag-index.ts';
import { DatasetIndex } from './dataset-index.ts';
import type { DatasetIndexEvent, DatasetIndexStats } from './dataset-index-event.ts';
import type { DatasetIndexPolicy } from './dataset-index-policy.ts';
import { mapBounded } from './map-bounded.ts';
import type { Resolution, TagResolver } from './resolution.ts';

/** Series come from the names of tags, and those from births: without a bound a broken edge could open any number. */
const MAX_SERIES = 64;

const tooManySeries: CanaryFailure = {
  outcome: 'refused',
  reason: 'tooLarge',
  detail: `tags of more than ${MAX_SERIES} enterprises; name the one series of datasets they are in`,
};

export interface DatasetIndexesOptions {
  readonly views: ViewsCalls;
  /** The series that holds all tags; null: each tag's first segment names its series. */
  readonly fixedPrefix: string | null;
  readonly viewPrefix: string | null;
  readonly policy: DatasetIndexPolicy;
  readonly timing: Timing;
  readonly onEvent: (event: DatasetIndexEvent) => void;
}

/**
 * An index for each series of datasets. Without a fixed prefix the first segment of a Canary id names its series: the
 * tags of `Secil.…` are in Secil, Secil2, …, those of `Acme.…` in Acme, Acme2, …
 */
export class DatasetIndexes implements TagResolver {
  readonly #options: DatasetIndexesOptions;
  readonly #budget: CallBudget;
  readonly #indexes = new Map<string, DatasetIndex>();

  constructor(options: DatasetIndexesOptions) {
    this.#options = options;
    const { policy, timing } = options;
    this.#budget = new CallBudget({ ...policy.searches, monotonic: () => timing.monotonic() });
  }

  /** What each index holds that was read; by series. */
  get stats(): ReadonlyMap<string, DatasetIndexStats> {
    return new Map(
      [...this.#indexes].flatMap(([series, { stats }]) => (stats === null ? [] : [[series, stats] as const])),
    );
  }

  async resolve(canaryIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Resolution>> {
    signal.throwIfAborted();
    const { fixedPrefix } = this.#options;
    const bySeries = [...Map.groupBy(canaryIds, (canaryId) => fixedPrefix ?? seriesOf(canaryId))];
    const answers = await mapBounded(bySeries, MAX_SERIES, async ([series, ids]) => {
      const index = this.#index(series);
      return index === null ? refuse(ids) : index.resolve(ids, signal);
    });
    return new Map(answers.flatMap((answer) => [...answer]));
  }

  /** Ends what is under way. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([...this.#indexes.values()].map(async (index) => index.close()));
  }

  #index(series: string): DatasetIndex | null {
    const known = this.#indexes.get(series);
    if (known !== undefined) return known;
    if (this.#indexes.size === MAX_SERIES) return null;
    const { views, viewPrefix, policy, timing, onEvent } = this.#options;
    const index = new DatasetIndex({
      views,
      series: { prefix: series, viewPrefix },
      policy,
      budget: this.#budget,
      limits: () => this.#roomFor(series),
      timing,
      onEvent,
    });
    this.#indexes.set(series, index);
    return index;
  }

  /** What the other indexes leave of the limits. */
  #roomFor(series: string): TagIndexLimits {
    let { maxTags, maxBytes } = this.#options.policy.limits;
    for (const [other, { tags, bytes }] of this.stats) {
      if (other === series) continue;
      maxTags -= tags;
      maxBytes -= bytes;
    }
    return { maxTags, maxBytes };
  }
}

const seriesOf = (canaryId: string): string => canaryId.split('.', 1)[0] ?? '';

function refuse(canaryIds: readonly string[]): ReadonlyMap<string, Resolution> {
  return new Map(canaryIds.map((canaryId) => [canaryId, { outcome: 'unavailable', failure: tooManySeries }]));
}
