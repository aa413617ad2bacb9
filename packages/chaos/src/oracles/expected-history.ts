/** One row of `metric_versions`. */
export interface Version {
  metricId: string;
  /** `{key: {from, to}}`. */
  diff: Readonly<Record<string, Change>>;
  /** Columns of the metric: the path above all. */
  metricDiff: Readonly<Record<string, Change>>;
}

interface Change {
  from?: unknown;
  to?: unknown;
}

/** tag -> property -> the values one after the other, `''` where the property was removed. */
export type Histories = Map<string, Map<string, unknown[]>>;

const tagOf = (path: string): string => path.replaceAll('/', '.');

/**
 * What each tag has been in the store, by the record of changes: a tag's properties are those of the metric that has its path. When a
 * metric comes to a path, or begins there, everything it has counts as new, and what the one before had as removed.
 *
 * @param versions in the order in which they were written
 * @param pathNow of each metric
 */
export function expectedHistories(
  versions: readonly Version[],
  pathNow: ReadonlyMap<string, string>,
  volatile: ReadonlySet<string>,
): Histories {
  const paths = firstPaths(versions, pathNow);
  const properties = new Map<string, Map<string, unknown>>();
  const histories: Histories = new Map();
  const append = (tag: string, key: string, value: unknown): void => {
    const ofTag = at(histories, tag, () => new Map<string, unknown[]>());
    at(ofTag, key, () => []).push(value);
  };
  for (const { metricId, diff, metricDiff } of versions) {
    const isNew = !properties.has(metricId);
    const held = at(properties, metricId, () => new Map<string, unknown>());
    const moved = metricDiff['uns_path']?.to;
    if (typeof moved === 'string') {
      paths.set(metricId, moved);
      const tag = tagOf(moved);
      for (const key of histories.get(tag)?.keys() ?? []) if (!held.has(key)) append(tag, key, '');
      for (const [key, value] of held) append(tag, key, value);
    }
    const path = paths.get(metricId);
    if (isNew && path !== undefined)
      for (const key of histories.get(tagOf(path))?.keys() ?? []) if (!(key in diff)) append(tagOf(path), key, '');
    for (const [key, change] of Object.entries(diff)) {
      if (volatile.has(key)) continue;
      if ('to' in change) held.set(key, change.to);
      else held.delete(key);
      if (path !== undefined) append(tagOf(path), key, 'to' in change ? change.to : '');
    }
  }
  return histories;
}

/** A metric that has moved began where its first move was from. */
function firstPaths(versions: readonly Version[], pathNow: ReadonlyMap<string, string>): Map<string, string> {
  const paths = new Map<string, string>();
  for (const { metricId, metricDiff } of versions) {
    const from = metricDiff['uns_path']?.from;
    if (typeof from === 'string' && !paths.has(metricId)) paths.set(metricId, from);
  }
  for (const [metricId, path] of pathNow) if (!paths.has(metricId)) paths.set(metricId, path);
  return paths;
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
