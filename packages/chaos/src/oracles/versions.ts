import type { Version } from './expected-history.ts';
import { show, type Finding } from './finding.ts';

export interface MetricNow {
  metricId: string;
  tag: string;
  properties: ReadonlyMap<string, unknown>;
}

/**
 * The record of a metric, replayed from nothing, leads to what the metric is, and each change begins where the one before ended: so no
 * change is missing and none is there twice.
 */
export function judgeVersions(versions: readonly Version[], metrics: readonly MetricNow[]): Finding[] {
  const findings: Finding[] = [];
  const replayed = new Map<string, Map<string, unknown>>();
  const tags = new Map(metrics.map((metric) => [metric.metricId, metric.tag]));
  const note = (metricId: string, property: string, detail: string): void => {
    findings.push({ oracle: 'versions', tag: tags.get(metricId) ?? `metric ${metricId}`, property, detail });
  };
  for (const { metricId, diff } of versions) {
    const state = replayed.get(metricId) ?? new Map<string, unknown>();
    replayed.set(metricId, state);
    for (const [key, { from, to }] of Object.entries(diff)) {
      const before = state.get(key);
      if (before !== from)
        note(metricId, key, `a change starts from ${show(from)}, the one before it ended with ${show(before)}`);
      if (to === undefined) state.delete(key);
      else state.set(key, to);
    }
  }
  for (const { metricId, properties } of metrics) {
    const state = replayed.get(metricId) ?? new Map<string, unknown>();
    for (const key of new Set([...state.keys(), ...properties.keys()])) {
      const [recorded, is] = [state.get(key), properties.get(key)];
      if (recorded !== is) note(metricId, key, `the record ends with ${show(recorded)}, the store has ${show(is)}`);
    }
  }
  return findings;
}

/** A change of which is known that it was committed. */
export interface CommittedChange {
  tag: string;
  property: string;
  /** Undefined for a removal. */
  value: unknown;
}

/** Committed changes that no version tells of. Their values are unique, or the check is weaker, never wrong. */
export function judgeCommitted(
  committed: readonly CommittedChange[],
  versions: readonly Version[],
  tagOf: ReadonlyMap<string, string>,
): Finding[] {
  const recorded = new Set<string>();
  for (const { metricId, diff } of versions) {
    for (const [key, { to }] of Object.entries(diff))
      recorded.add(`${tagOf.get(metricId)}\n${key}\n${JSON.stringify(to)}`);
  }
  return committed
    .filter(({ tag, property, value }) => !recorded.has(`${tag}\n${property}\n${JSON.stringify(value)}`))
    .map(({ tag, property, value }) => ({
      oracle: 'versions',
      tag,
      property,
      detail: `a transaction that set it to ${show(value)} was committed, and no version tells of it`,
    }));
}
