import type { CanaryState } from '../canary/canary-state.ts';
import { addCounters, type HistorianCounters } from '../historian/counters.ts';
import type { Historian } from '../historian/historian.ts';
import type { SessionCounters } from '../saf/sessions.ts';
import { datasetSizes } from './provision-tags.ts';

export interface HistorianStats extends HistorianCounters {
  readonly tags: number;
  readonly obsoleteTags: number;
  /** Distinct (tag, property). */
  readonly properties: number;
  /** Points in all histories. */
  readonly points: number;
  readonly unknownTagWritesByDataset: Readonly<Record<string, number>>;
  readonly datasets: Readonly<Record<string, number>>;
}

/** What the historians hold and were made to do: the sums, and each historian by itself. */
export interface StoredStats extends Omit<HistorianStats, 'unknownTagWritesByDataset' | 'datasets'> {
  readonly historians: Readonly<Record<string, HistorianStats>>;
  readonly sessions: SessionCounters;
  /** Requests refused by each rule that poisons tags. */
  readonly poisonFired: readonly number[];
}

export function storedStats(canary: CanaryState, now: number): StoredStats {
  canary.sessions.expire(now);
  const all = [...canary.historians.values()].map((historian) => ({ name: historian.name, stats: statsOf(historian) }));
  const sum = (key: 'tags' | 'obsoleteTags' | 'properties' | 'points'): number =>
    all.reduce((total, { stats }) => total + stats[key], 0);
  return {
    ...addCounters([...canary.historians.values()].map((historian) => historian.counters)),
    tags: sum('tags'),
    obsoleteTags: sum('obsoleteTags'),
    properties: sum('properties'),
    points: sum('points'),
    historians: Object.fromEntries(all.map(({ name, stats }) => [name, stats])),
    sessions: canary.sessions.counters,
    poisonFired: canary.poison.fired,
  };
}

const statsOf = (historian: Historian): HistorianStats => ({
  ...historian.counters,
  tags: historian.tags.size,
  obsoleteTags: historian.tags.datasets().reduce((total, dataset) => total + dataset.obsoleteCount, 0),
  properties: historian.propertyCount,
  points: historian.pointCount,
  unknownTagWritesByDataset: Object.fromEntries(historian.unknownTagWritesByDataset),
  datasets: datasetSizes(historian),
});
