import type { ListedTag } from '@uns/canary-simulator';

export const valuesOf = (tags: readonly ListedTag[]): Map<string, Map<string, unknown>> =>
  new Map(
    tags.map(({ tag, properties }) => [
      tag,
      new Map(Object.entries(properties).map(([name, point]) => [name, point.value])),
    ]),
  );
