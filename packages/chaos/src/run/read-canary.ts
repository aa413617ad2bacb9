import type { ListedTag, SimulatorControl, TagListing } from '@uns/canary-simulator';

/** Every tag with the newest point of each property. */
export async function readTags(canary: SimulatorControl): Promise<ListedTag[]> {
  const tags: ListedTag[] = [];
  let cursor: string | null = '0:0';
  while (cursor !== null) {
    const page: TagListing = await canary.tags({ limit: 10_000, cursor });
    tags.push(...page.tags);
    cursor = page.cursor;
  }
  return tags;
}

export const valuesOf = (tags: readonly ListedTag[]): Map<string, Map<string, unknown>> =>
  new Map(
    tags.map(({ tag, properties }) => [
      tag,
      new Map(Object.entries(properties).map(([name, point]) => [name, point.value])),
    ]),
  );
