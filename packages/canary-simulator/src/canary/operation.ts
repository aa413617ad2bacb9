import type { z } from 'zod';
import type { Call, CanaryState } from './canary-state.ts';
import { errors, problemsOf, type Envelope } from './envelope.ts';

export type Operation = (canary: CanaryState, call: Call) => Envelope;

/** An operation whose body has this form; any other body, unknown fields included, is answered with `Errors`. */
export const withBody =
  <S extends z.ZodType>(schema: S, run: (canary: CanaryState, call: Call, body: z.infer<S>) => Envelope): Operation =>
  (canary, call) => {
    const parsed = schema.safeParse(call.body);
    return parsed.success ? run(canary, call, parsed.data) : errors(...problemsOf(parsed.error));
  };
