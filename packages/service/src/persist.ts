import { cappedBackoff } from './backoff.ts';
import { describeError } from './describe-error.ts';
import type { Logger } from './logger.ts';
import { sleep } from './sleep.ts';

/**
 * Tries until it works, with a growing, jittered pause of at most 30 s: for what a service needs before it can start, like a server that
 * is not up yet. What went wrong is logged each time it changes.
 *
 * @throws what `attempt` throws when `fatal` says that trying again is of no use; the signal's reason when aborted.
 */
export async function persist<T>(o: {
  /** What is tried, as the start of a sentence: "Redis". */
  what: string;
  attempt: () => Promise<T>;
  fatal?: (error: unknown) => boolean;
  signal: AbortSignal;
  logger: Logger;
}): Promise<T> {
  let said = '';
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await o.attempt();
    } catch (error) {
      o.signal.throwIfAborted();
      if (o.fatal?.(error) === true) throw error;
      const { message, code } = describeError(error);
      const waitMs = Math.round(cappedBackoff({ attempt, baseMs: 500, capMs: 30_000 }));
      const level = message === said ? 'debug' : 'warn';
      o.logger[level]({ code, reason: message, retryInMs: waitMs }, `${o.what} cannot be used yet, trying again`);
      said = message;
      await sleep(waitMs, o.signal);
    }
  }
}
