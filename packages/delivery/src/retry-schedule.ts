import { fullJitter } from '@uns/service';

/** How often, and for how long, one request is tried in place. */
export interface RetryPolicy {
  attempts: number;
  /** Ceiling of the wait after the first failure, ms; doubles with each further one. */
  baseMs: number;
  /** No ceiling is higher, ms. */
  capMs: number;
  /** Time for one attempt, ms. */
  attemptMs: number;
  /** Time for all attempts and the waits between them, ms. */
  totalMs: number;
}

/** Ceilings 0.2, 0.4, 0.8, 1.6 and 3.2 s; the cap would bound a sixth wait. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 6,
  baseMs: 200,
  capMs: 6400,
  attemptMs: 10_000,
  totalMs: 60_000,
};

export type RetryStep =
  /** Wait, then try for at most `timeoutMs`. */
  { step: 'attempt'; waitMs: number; timeoutMs: number } | { step: 'give-up'; reason: 'attempts-used' | 'time-used' };

/**
 * What follows after `made` attempts that failed and `elapsedMs` spent on them and the waits between them. The wait is uniform between
 * 0 and its ceiling (full jitter): requests that failed together do not come back together.
 *
 * @param random uniform in [0, 1)
 */
export function nextAttempt(
  policy: RetryPolicy,
  { made, elapsedMs }: { made: number; elapsedMs: number },
  random: () => number = Math.random,
): RetryStep {
  if (made >= policy.attempts) return { step: 'give-up', reason: 'attempts-used' };
  const waitMs = made === 0 ? 0 : fullJitter({ attempt: made - 1, baseMs: policy.baseMs, capMs: policy.capMs, random });
  const leftMs = policy.totalMs - elapsedMs - waitMs;
  if (leftMs <= 0) return { step: 'give-up', reason: 'time-used' };
  return { step: 'attempt', waitMs, timeoutMs: Math.min(policy.attemptMs, leftMs) };
}
