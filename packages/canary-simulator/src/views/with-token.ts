import type { z } from 'zod';
import type { Call, CanaryState } from '../canary/canary-state.ts';
import type { Envelope } from '../canary/envelope.ts';
import { withBody, type Operation } from '../canary/operation.ts';

/** An operation of Views: anonymous where no API tokens are in force, refused with `BadUserToken` where the token is not one. */
export const withToken = <S extends z.ZodType<{ apiToken?: string | undefined }>>(
  schema: S,
  run: (canary: CanaryState, call: Call, body: z.infer<S>) => Envelope,
): Operation =>
  withBody(schema, (canary, call, body) => {
    const refused = canary.tokens.problem({ inBody: body.apiToken, bearer: call.bearer, secure: call.secure });
    return refused === undefined ? run(canary, call, body) : { statusCode: 'BadUserToken', errors: [refused] };
  });
