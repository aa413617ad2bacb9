import type { SimulatorControl } from '@uns/canary-simulator';

export type CanaryTags = Map<string, Map<string, string | number | boolean | null>>;

/** All tags that begin so, with their properties; those without any too. */
export async function canaryTags(canary: SimulatorControl, prefix = ''): Promise<CanaryTags> {
  const tags: CanaryTags = new Map();
  for (const { tag, properties } of await canary.allTags(prefix)) {
    tags.set(tag, new Map(Object.entries(properties).map(([name, { value }]) => [name, value])));
  }
  return tags;
}

/** Requests that wrote, whatever became of them. */
export async function canaryWrites(canary: SimulatorControl): Promise<number> {
  const { requests } = await canary.stats();
  return Object.entries(requests)
    .filter(([path]) => path.endsWith('/storeData'))
    .reduce((sum, [, byStatus]) => sum + Object.values(byStatus).reduce((a, b) => a + b, 0), 0);
}
