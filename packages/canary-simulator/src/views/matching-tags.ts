import type { CanaryState } from '../canary/canary-state.ts';
import { fullName } from '../historian/tag-name.ts';
import { inViewPath, placeOf } from './view-path.ts';

export interface TagQuery {
  readonly path: string;
  readonly deep: boolean;
  /** Words that must all be in the tag, whatever their case. */
  readonly search: string;
}

/** Where a query stands: a dataset by its number and a position in it. Valid while the tag set grows. */
export interface Position {
  readonly dataset: number;
  readonly tag: number;
}

export interface MatchingTag {
  readonly path: string;
  readonly number: number;
  readonly position: Position;
}

export const start: Position = { dataset: 0, tag: 0 };

/** Tags of the primary historian that match, in the order they were added within their datasets. */
export function* matchingTags(canary: CanaryState, query: TagQuery, from: Position = start): Generator<MatchingTag> {
  const place = placeOf(canary, query.path);
  const words = query.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (place.level === 'nowhere' || (place.level !== 'dataset' && !query.deep)) return;
  const prefix = place.level === 'dataset' ? place.prefix : '';
  for (const [index, dataset] of canary.primary.tags.datasets().entries()) {
    if (index < from.dataset || (place.level === 'dataset' && dataset.name !== place.dataset)) continue;
    for (const { rest, number, position } of dataset.tags(index === from.dataset ? from.tag : 0)) {
      if (!rest.startsWith(prefix) || (!query.deep && rest.includes('.', prefix.length))) continue;
      const path = inViewPath(canary, fullName(dataset.name, rest));
      if (containsAll(path, words)) yield { path, number, position: { dataset: index, tag: position } };
    }
  }
}

function containsAll(path: string, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const lower = path.toLowerCase();
  return words.every((word) => lower.includes(word));
}
