import type { z } from 'zod';
import { ok, type CanaryOutcome } from '../outcome.ts';
import type { Envelope } from './envelope.ts';

/** Reads one field of an answer that says it is good. */
export function readField<T>(envelope: Envelope, name: string, schema: z.ZodType<T>): CanaryOutcome<T> {
  const field = schema.safeParse(envelope[name]);
  if (field.success) return ok(field.data);
  // The first problem only, and not the value: it may be a token.
  const issue = field.error.issues[0];
  return { outcome: 'malformed', detail: `${name} ${[...(issue?.path ?? []), issue?.code ?? 'invalid'].join(' ')}` };
}
