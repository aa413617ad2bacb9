import { describeError, sleep } from '@uns/service';

/** It did not come about in time. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError';
}

/**
 * Calls `attempt` until it returns something other than null. Failures count as not yet: servers are away at times.
 *
 * @throws TooLateError after `withinMs`, and the signal's reason when aborted.
 */
export async function until<T>(
  what: string,
  attempt: () => Promise<T | null>,
  o: { withinMs: number; everyMs?: number; signal: AbortSignal },
): Promise<T> {
  const deadline = performance.now() + o.withinMs;
  let last = '';
  for (;;) {
    o.signal.throwIfAborted();
    try {
      const result = await attempt();
      if (result !== null) return result;
      last = '';
    } catch (error) {
      last = `: ${describeError(error).message}`;
    }
    if (performance.now() > deadline)
      throw new TooLateError(`${what}: not within ${Math.round(o.withinMs / 1000)} s${last}`);
    await sleep(o.everyMs ?? 200, o.signal);
  }
}
