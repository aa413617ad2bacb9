import { setTimeout as delay } from 'node:timers/promises';
import { types } from 'node:util';

export interface EventuallyOptions {
  /** Default 10 000 ms. */
  timeoutMs?: number;
  /** Between attempts. Default 20 ms. */
  intervalMs?: number;
}

/**
 * Calls `attempt` until it returns without throwing, and returns what it returned.
 *
 * @throws the error of the last attempt, its message saying how long was waited.
 */
export async function eventually<T>(attempt: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = 20 } = options;
  const started = performance.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const waitedMs = performance.now() - started;
      if (waitedMs + intervalMs > timeoutMs) throw withWaitedTime(error, waitedMs);
    }
    await delay(intervalMs);
  }
}

function withWaitedTime(error: unknown, waitedMs: number): unknown {
  // Changed in place: matchers carry their diff on the error they threw, and a wrapper would hide it. Not `instanceof
  // Error`: under jest, Node.js makes its errors with an Error of its own.
  if (types.isNativeError(error)) error.message = `Still failing after ${Math.round(waitedMs)} ms: ${error.message}`;
  return error;
}
