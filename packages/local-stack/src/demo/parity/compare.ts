import type { PropertyValue } from '@uns/uns';

/** A metric as the store wants it in Canary. */
export interface DesiredMetric {
  canaryId: string;
  /** Every property that is delivered, `[key, value]`. */
  properties: readonly (readonly [key: string, value: PropertyValue])[];
}

/** What Canary holds of a tag: the newest value of each property. */
export type HeldProperties = ReadonlyMap<string, unknown>;

/** Counted by metric: one matches when every property of it is the same on both sides. */
export interface Parity {
  matched: number;
  total: number;
  /** In plain words, one for a metric, at most as many as were asked for. */
  differences: readonly string[];
}

/**
 * Compares all metrics with the tags that Canary holds. A property that was removed is an empty string there, since Canary cannot
 * delete one; any other property that the store does not have is a difference.
 *
 * @param held by the tag without its dataset, because a dataset that is full goes on as another one (`Secil`, `Secil2`, ...)
 */
export function compareMetrics(
  desired: Iterable<DesiredMetric>,
  held: ReadonlyMap<string, HeldProperties>,
  maxDifferences: number,
): Parity {
  let matched = 0;
  let total = 0;
  const differences: string[] = [];
  for (const metric of desired) {
    total += 1;
    const found = differencesOf(metric, held.get(withoutDataset(metric.canaryId)));
    if (found.length === 0) matched += 1;
    else if (differences.length < maxDifferences) differences.push(`${metric.canaryId}: ${inShort(found)}`);
  }
  return { matched, total, differences };
}

function inShort([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first}; and ${others.length} more`;
}

export function withoutDataset(tag: string): string {
  return tag.slice(tag.indexOf('.') + 1);
}

function differencesOf({ properties }: DesiredMetric, held: HeldProperties | undefined): string[] {
  if (held === undefined) return ['Canary has no such tag'];
  const found: string[] = [];
  const wanted = new Set<string>();
  for (const [key, value] of properties) {
    wanted.add(key);
    if (!held.has(key)) found.push(`${key} is ${show(value)} in PostgreSQL and not in Canary`);
    else if (held.get(key) !== value)
      found.push(`${key} is ${show(value)} in PostgreSQL and ${show(held.get(key))} in Canary`);
  }
  for (const [key, value] of held) {
    if (!wanted.has(key) && value !== '') found.push(`${key} is not in PostgreSQL and ${show(value)} in Canary`);
  }
  return found;
}

/** Bounded: values come from the wire. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
