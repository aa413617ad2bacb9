import { z } from 'zod';
import { errors, good } from '../canary/envelope.ts';
import type { Operation } from '../canary/operation.ts';
import { decodeContinuation, encodeContinuation } from './continuation.ts';
import { matchingTags, start } from './matching-tags.ts';
import { withToken } from './with-token.ts';

const defaultMaxSize = 10_000;

const body = z.strictObject({
  apiToken: z.string().optional(),
  path: z.string().default(''),
  deep: z.boolean().default(false),
  search: z.string().default(''),
  maxSize: z.int().min(1).max(1_000_000).default(defaultMaxSize),
  continuation: z.string().nullish(),
});

export const browseTags: Operation = withToken(body, (canary, _call, query) => {
  const { generation } = canary;
  const from =
    query.continuation === null || query.continuation === undefined
      ? start
      : decodeContinuation(generation, query, query.continuation);
  if (from === undefined) return errors('the continuation does not belong to this query');
  const tags: string[] = [];
  for (const { path, position } of matchingTags(canary, query, from)) {
    if (tags.length === query.maxSize) {
      return good({ tags, continuation: encodeContinuation(generation, query, position) });
    }
    tags.push(path);
  }
  return good({ tags, continuation: null });
});
