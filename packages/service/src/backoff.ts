export interface Backoff {
  /** Retries done before this one, from 0. */
  attempt: number;
  baseMs: number;
  capMs: number;
  /** Uniform in [0, 1). */
  random?: () => number;
}

const ceiling = ({ attempt, baseMs, capMs }: Backoff): number => Math.min(capMs, baseMs * 2 ** Math.min(attempt, 52));

/** Full jitter: uniform between 0 and the exponential ceiling, in ms. Spreads a fleet best; may be almost no wait. */
export function fullJitter(backoff: Backoff): number {
  return (backoff.random ?? Math.random)() * ceiling(backoff);
}

/** Equal jitter: at least half of the exponential ceiling, in ms. For reconnecting, where a floor is wanted. */
export function cappedBackoff(backoff: Backoff): number {
  const half = ceiling(backoff) / 2;
  return half + (backoff.random ?? Math.random)() * half;
}
