import type { Historian, ValuePoint } from '../historian/historian.ts';
import type { Scalar } from '../historian/scalar.ts';
import { fullName } from '../historian/tag-name.ts';
import { formatTimestamp } from '../historian/timestamp.ts';

export interface ShownPoint {
  readonly timestamp: string;
  readonly value: Scalar;
  readonly quality: number;
}

export interface ListedTag {
  readonly tag: string;
  /** The newest point of each property. */
  readonly properties: Readonly<Record<string, ShownPoint>>;
}

export interface TagListing {
  readonly tags: readonly ListedTag[];
  /** Where to go on; null at the end. */
  readonly cursor: string | null;
}

export const showPoint = ({ at, value, quality }: ValuePoint): ShownPoint => ({
  timestamp: formatTimestamp(at),
  value,
  quality,
});

/** Tags whose full name begins with `prefix`, in the order they were added within their datasets. */
export function listTags(
  historian: Historian,
  o: { readonly prefix: string; readonly limit: number; readonly cursor: string },
): TagListing {
  const [fromDataset = 0, fromTag = 0] = o.cursor.split(':').map(Number);
  const tags: ListedTag[] = [];
  for (const [index, dataset] of historian.tags.datasets().entries()) {
    if (index < fromDataset) continue;
    for (const { rest, number, position } of dataset.tags(index === fromDataset ? fromTag : 0)) {
      const tag = fullName(dataset.name, rest);
      if (!tag.startsWith(o.prefix)) continue;
      if (tags.length === o.limit) return { tags, cursor: `${index}:${position}` };
      const points = historian.properties(number);
      tags.push({ tag, properties: Object.fromEntries(points.map((point) => [point.name, showPoint(point)])) });
    }
  }
  return { tags, cursor: null };
}
