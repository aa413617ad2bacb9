import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Position, TagQuery } from './matching-tags.ts';

const schema = z.strictObject({
  generation: z.int().nonnegative(),
  query: z.string(),
  dataset: z.int().nonnegative(),
  tag: z.int().nonnegative(),
});

const digest = (query: TagQuery): string =>
  createHash('sha256')
    .update(JSON.stringify([query.path, query.deep, query.search]))
    .digest('base64url');

/** A text that lets the same query go on at `next`; nothing is kept for it, so nobody has to end it. */
export function encodeContinuation(generation: number, query: TagQuery, next: Position): string {
  const content = { generation, query: digest(query), dataset: next.dataset, tag: next.tag };
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** Where to go on; `undefined` when the text is not a continuation of this query since the last reset. */
export function decodeContinuation(generation: number, query: TagQuery, continuation: string): Position | undefined {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(continuation, 'base64url').toString());
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const sameQuery = data.generation === generation && data.query === digest(query);
  return sameQuery ? { dataset: data.dataset, tag: data.tag } : undefined;
}
