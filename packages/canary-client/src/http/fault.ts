import { DeadlineExceededError } from '@uns/service';
import type { CanaryFailure } from '../outcome.ts';

/**
 * Says what an exception of the HTTP library means. The exception itself goes no further: it holds the request's
 * options, and with them the token.
 */
export function classifyFault(error: unknown): CanaryFailure {
  if (error instanceof DeadlineExceededError) return { outcome: 'timeout', afterMs: error.ms };
  return { outcome: 'connection', code: codeOf(error) };
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return 'UNKNOWN';
}
