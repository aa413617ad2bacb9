import { z } from 'zod';

/** What every answer of both services carries. Unknown fields stay; each call reads its own. */
export const envelopeSchema = z.looseObject({
  statusCode: z.string(),
  errors: z.array(z.unknown()).nullish(),
});

export type Envelope = z.infer<typeof envelopeSchema>;

/** The text of one entry of `errors`: documented as a string; an object with a `message` is understood too. */
export function errorText(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  if (typeof entry === 'object' && entry !== null && 'message' in entry && typeof entry.message === 'string') {
    return entry.message;
  }
  // Not serialised: the nesting of a foreign object has no bound.
  return 'an error without a text';
}
