import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * Where the next page begins. Opaque, sent back as it came; no deeper than a list of scalars, because what has no bound
 * cannot be sent back. Null, missing or empty: there is no next page.
 */
export const continuationSchema = z
  .union([z.string().max(65_536), z.number(), z.array(scalar).max(1_000)])
  .nullish()
  .transform((value): Continuation | null => (value === '' ? null : (value ?? null)));

export type Continuation = string | number | (string | number | boolean | null)[];
