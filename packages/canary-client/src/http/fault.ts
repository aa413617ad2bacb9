import { DeadlineExceededError } from '@uns/service';
import { errorCode } from '../error-code.ts';
import type { CanaryFailure } from '../outcome.ts';

/**
 * Says what an exception of the HTTP library means. The exception itself goes no further: it holds the request's
 * options, and with them the token.
 */
export function classifyFault(error: unknown): CanaryFailure {
  if (error instanceof DeadlineExceededError) return { outcome: 'timeout', afterMs: error.ms };
  return { outcome: 'connection', code: errorCode(error, 'UNKNOWN') };
}
