import { z } from 'zod';
import type { CanaryState } from '../canary/canary-state.ts';
import { errors, good } from '../canary/envelope.ts';
import type { Operation } from '../canary/operation.ts';
import type { Scalar } from '../historian/scalar.ts';
import { matchingTags } from './matching-tags.ts';
import { placeOf } from './view-path.ts';
import { withToken } from './with-token.ts';

/** An answer with more tags would be hundreds of megabytes. */
const maxTags = 100_000;

const body = z
  .strictObject({
    apiToken: z.string().optional(),
    tags: z.array(z.string()).max(maxTags).optional(),
    path: z.string().optional(),
    deep: z.boolean().default(false),
    search: z.string().default(''),
  })
  .refine((query) => (query.tags === undefined) !== (query.path === undefined), {
    message: 'either tags or path must be given',
  });

export const getTagProperties: Operation = withToken(body, (canary, _call, query) => {
  const tags =
    query.tags === undefined ? tagsAt(canary, { ...query, path: query.path ?? '' }) : named(canary, query.tags);
  if (tags.length > maxTags) return errors(`more than ${maxTags} tags match`);
  const properties = tags.map(({ path, number }): [string, Record<string, Scalar>] => [
    path,
    Object.fromEntries(canary.primary.properties(number).map(({ name, value }) => [name, value])),
  ]);
  return good({ properties: Object.fromEntries(properties) });
});

interface FoundTag {
  readonly path: string;
  readonly number: number;
}

/** Tags nobody knows, and obsolete ones, are left out without a word. */
function named(canary: CanaryState, paths: readonly string[]): FoundTag[] {
  return paths.flatMap((path) => {
    const place = placeOf(canary, path);
    if (place.level !== 'dataset' || place.prefix === '') return [];
    const dataset = canary.primary.tags.dataset(place.dataset);
    const rest = place.prefix.slice(0, -1);
    const number = dataset?.number(rest);
    return number === undefined || dataset?.isObsolete(rest) === true ? [] : [{ path, number }];
  });
}

function tagsAt(canary: CanaryState, query: { path: string; deep: boolean; search: string }): FoundTag[] {
  const found: FoundTag[] = [];
  for (const tag of matchingTags(canary, query)) {
    found.push(tag);
    if (found.length > maxTags) break;
  }
  return found;
}
