import { cappedBackoff } from '@uns/service';
import { abortable } from '../abortable.ts';
import { clientClosed, untilClosed } from '../closed.ts';
import type { CanaryFailure, CanaryOutcome } from '../outcome.ts';
import type { Timing } from '../timing.ts';
import { unreachable } from '../unreachable.ts';
import type { ViewsCalls } from '../views/views-calls.ts';
import { buildIndex, type BuiltIndex, type Series } from './build-index.ts';
import type { CallBudget } from './call-budget.ts';
import { IndexFullError } from './compact-set.ts';
import type { TagIndexLimits } from './compact-tag-index.ts';
import { statsOf, type DatasetIndexEvent, type DatasetIndexStats } from './dataset-index-event.ts';
import type { DatasetIndexPolicy } from './dataset-index-policy.ts';
import { ExpiringMap } from './expiring-map.ts';
import { findTag } from './find-tag.ts';
import { mapBounded } from './map-bounded.ts';
import type { Resolution, TagResolver } from './resolution.ts';
import { SingleFlight } from './single-flight.ts';
import { tagKey } from './tag-name.ts';

const MAX_REMEMBERED_MISSES = 100_000;

/**
 * Knows which dataset of a series holds each tag. Reads all tags of the series through Views, again when `browseStatus`
 * says that they changed (known tags are answered from the old index meanwhile), and searches for single tags that it
 * does not know before it says that there is none. Every request passes the limiter.
 */
export class DatasetIndex implements TagResolver {
  readonly #views: ViewsCalls;
  readonly #series: Series;
  readonly #policy: DatasetIndexPolicy;
  readonly #timing: Timing;
  readonly #onEvent: (event: DatasetIndexEvent) => void;
  readonly #lifetime = new AbortController();
  readonly #budget: CallBudget;
  readonly #limits: () => TagIndexLimits;
  readonly #misses: ExpiringMap<Resolution>;
  readonly #build = new SingleFlight(() => this.#rebuild());
  readonly #freshness = new SingleFlight(() => this.#freshen());
  #current: { readonly index: BuiltIndex; readonly builtAt: number } | null = null;
  #checkedAt = 0;
  #failed: { readonly failure: CanaryFailure; readonly times: number; readonly retryAt: number } | null = null;

  constructor(options: {
    views: ViewsCalls;
    series: Series;
    policy: DatasetIndexPolicy;
    /** Searches for single tags; may be shared with other indexes. */
    budget: CallBudget;
    /** Asked before each reading. */
    limits: () => TagIndexLimits;
    timing: Timing;
    onEvent: (event: DatasetIndexEvent) => void;
  }) {
    const { views, series, policy, budget, limits, timing, onEvent } = options;
    this.#views = views;
    this.#series = series;
    this.#policy = policy;
    this.#timing = timing;
    this.#onEvent = onEvent;
    const monotonic = (): number => timing.monotonic();
    this.#budget = budget;
    this.#limits = limits;
    this.#misses = new ExpiringMap({ ttlMs: policy.notFoundTtlMs, maxSize: MAX_REMEMBERED_MISSES, monotonic });
  }

  /** What the index holds; null before it was read for the first time. */
  get stats(): DatasetIndexStats | null {
    return this.#current === null ? null : statsOf(this.#current.index);
  }

  async resolve(canaryIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Resolution>> {
    signal.throwIfAborted();
    const first = await this.#index(signal);
    if (first.outcome !== 'ok') {
      return new Map(canaryIds.map((canaryId) => [canaryId, { outcome: 'unavailable', failure: first }]));
    }
    const resolutions = new Map<string, Resolution>();
    const unknown = this.#lookUp(canaryIds, resolutions);
    const fresh = this.#freshness.run();
    if (unknown.length === 0) return resolutions;
    await abortable(fresh, signal);
    const missing = this.#lookUp(unknown, resolutions);
    const search = async (canaryId: string): Promise<Resolution> => this.#search(canaryId, signal);
    const searched = await mapBounded(missing, this.#policy.searches.atOnce, search);
    for (const [place, canaryId] of missing.entries()) {
      const resolution = searched[place];
      if (resolution !== undefined) resolutions.set(canaryId, resolution);
    }
    return resolutions;
  }

  /** Ends what is under way. Never rejects. */
  async close(): Promise<void> {
    this.#lifetime.abort(new Error('the client is closed'));
    await Promise.allSettled([this.#build.idle(), this.#freshness.idle()]);
  }

  /** Answers the ids the index knows and returns the others. */
  #lookUp(canaryIds: readonly string[], resolutions: Map<string, Resolution>): string[] {
    return canaryIds.filter((canaryId) => {
      const known = this.#lookUpOne(canaryId);
      if (known !== null) resolutions.set(canaryId, known);
      return known === null;
    });
  }

  #lookUpOne(canaryId: string): Resolution | null {
    const key = tagKey(canaryId);
    if (key === null) return { outcome: 'notFound', detail: 'the Canary id has one segment only' };
    const index = this.#current?.index;
    const holder = index?.tags.find(key) ?? null;
    if (index === undefined || holder === null) return null;
    const tagIn = (dataset: number): string => `${index.datasets[dataset]?.name ?? ''}.${key}`;
    const tag = tagIn(holder.dataset);
    return holder.alsoIn.length === 0
      ? { outcome: 'found', tag }
      : { outcome: 'ambiguous', tag, alsoIn: holder.alsoIn.map(tagIn) };
  }

  async #search(canaryId: string, signal: AbortSignal): Promise<Resolution> {
    const remembered = this.#misses.get(canaryId);
    if (remembered !== undefined) return remembered;
    const key = tagKey(canaryId);
    const index = this.#current?.index;
    if (key === null || index === undefined) return { outcome: 'unavailable', failure: clientClosed };
    const { viewPrefix, prefix } = this.#series;
    const { datasets } = index;
    const result = await findTag({ views: this.#views, datasets, viewPrefix, budget: this.#budget }, key, signal);
    switch (result.found) {
      case 'yes':
        remember(index, key, result.dataset);
        return { outcome: 'found', tag: `${datasets[result.dataset]?.name ?? ''}.${key}` };
      case 'unsearched':
        return { outcome: 'unsearched', detail: result.detail };
      case 'unavailable':
        return { outcome: 'unavailable', failure: result.failure };
      case 'no': {
        const where = datasets.length === 0 ? `Views lists no dataset ${prefix}` : `none of ${prefix}* holds the tag`;
        const detail = result.nearMiss === null ? where : `${where}; ${result.nearMiss} differs in letter case`;
        const miss: Resolution = { outcome: 'notFound', detail };
        this.#misses.set(canaryId, miss);
        return miss;
      }
      default:
        return unreachable(result);
    }
  }

  async #index(signal: AbortSignal): Promise<CanaryOutcome<BuiltIndex>> {
    if (this.#current !== null) return { outcome: 'ok', value: this.#current.index };
    if (this.#failed !== null && this.#timing.monotonic() < this.#failed.retryAt) return this.#failed.failure;
    return abortable(this.#build.run(), signal);
  }

  async #freshen(): Promise<void> {
    const current = this.#current;
    const now = this.#timing.monotonic();
    if (current === null || now - this.#checkedAt < this.#policy.pollMs) return;
    this.#checkedAt = now;
    const { viewPrefix } = this.#series;
    const status = await untilClosed(this.#lifetime.signal, (signal) =>
      this.#views.browseStatus(viewPrefix === null ? null : [viewPrefix], signal),
    );
    if (status.outcome !== 'ok') this.#onEvent({ series: this.#series.prefix, event: 'statusFailed', failure: status });
    const moved = status.outcome === 'ok' && !sameSequences(status.value, current.index.sequences);
    if (moved || now - current.builtAt >= this.#policy.maxAgeMs) await this.#build.run();
  }

  /** A failure leaves the index as it was. */
  async #rebuild(): Promise<CanaryOutcome<BuiltIndex>> {
    const { pageSize, buildBackoff } = this.#policy;
    const startedAt = this.#timing.monotonic();
    const built = await untilClosed(this.#lifetime.signal, (signal) =>
      buildIndex({ views: this.#views, series: this.#series, pageSize, limits: this.#limits() }, signal),
    );
    if (built.outcome === 'ok') {
      this.#current = { index: built.value, builtAt: startedAt };
      this.#checkedAt = startedAt;
      this.#failed = null;
      this.#onEvent({
        series: this.#series.prefix,
        event: 'built',
        stats: statsOf(built.value),
        ms: this.#timing.monotonic() - startedAt,
      });
      return built;
    }
    const times = (this.#failed?.times ?? 0) + 1;
    const delay = cappedBackoff({ ...buildBackoff, attempt: times - 1, random: () => this.#timing.random() });
    this.#failed = { failure: built, times, retryAt: this.#timing.monotonic() + delay };
    this.#onEvent({ series: this.#series.prefix, event: 'buildFailed', failure: built });
    return built;
  }
}

function remember({ tags }: BuiltIndex, key: string, dataset: number): void {
  try {
    tags.add(key, dataset);
  } catch (error) {
    // A full index goes on answering what it knows; this tag is searched for each time.
    if (!(error instanceof IndexFullError)) throw error;
  }
}

function sameSequences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string> | null): boolean {
  return b !== null && a.size === b.size && [...a].every(([view, sequence]) => b.get(view) === sequence);
}
