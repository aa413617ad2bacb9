import type { PropertyValue } from '../contracts/property-write.ts';

/** `{key: value}` as it comes out of JSON. Any key may occur, `__proto__` included. */
export type Properties = Readonly<Record<string, PropertyValue>>;

/** What turns the properties that were delivered into those that are desired; nothing more. */
export interface PropertyDiff {
  /** New and changed, in code unit order of the keys. */
  readonly changed: ReadonlyMap<string, PropertyValue>;
  /** In code unit order. */
  readonly removed: readonly string[];
}

export function diffProperties(desired: Properties, delivered: Properties): PropertyDiff {
  // What every object inherits (`constructor`) is no scalar, and so no value that is desired.
  const changed = Object.entries(desired).filter(([key, value]) => delivered[key] !== value);
  const removed = Object.keys(delivered).filter((key) => !Object.hasOwn(desired, key));
  return { changed: new Map(changed.toSorted(([a], [b]) => (a < b ? -1 : 1))), removed: removed.toSorted() };
}

/** What is delivered once a diff has been written. */
export function applyDiff(diff: PropertyDiff, delivered: Properties): Properties {
  const result = new Map(Object.entries(delivered));
  for (const key of diff.removed) result.delete(key);
  for (const [key, value] of diff.changed) result.set(key, value);
  // Defines the properties: a key `__proto__` is one of them.
  return Object.fromEntries(result);
}

export function isEmptyDiff(diff: PropertyDiff): boolean {
  return diff.changed.size === 0 && diff.removed.length === 0;
}
