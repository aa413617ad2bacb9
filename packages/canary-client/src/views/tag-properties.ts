/** A property as Views gives it: no type, no timestamp. Null stands for a value that is no scalar too. */
export type ReadValue = string | number | boolean | null;

export type TagProperties = ReadonlyMap<string, ReadonlyMap<string, ReadValue>>;

const scalarOf = (value: unknown): ReadValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

/** Into maps: tags and properties may be called anything, `__proto__` included. */
export function scalarsByTag(properties: object): TagProperties {
  const byTag = new Map<string, ReadonlyMap<string, ReadValue>>();
  for (const [tag, values] of Object.entries(properties) as [string, unknown][]) {
    const entries = typeof values === 'object' && values !== null ? Object.entries(values) : [];
    byTag.set(tag, new Map(entries.map(([name, value]: [string, unknown]) => [name, scalarOf(value)])));
  }
  return byTag;
}
