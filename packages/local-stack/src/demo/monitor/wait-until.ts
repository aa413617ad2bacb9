import { sleep } from '@uns/service';

/** The demo did not go as it says it goes. The message is for a person. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

const everyMs = 50;

/**
 * Tries until there is a result, and returns it.
 *
 * @param o.late what did not happen, with the backlog, for the message
 * @throws DemoFailure after `seconds`; the signal's reason when it is aborted
 */
export async function waitUntil<T>(o: {
  seconds: number;
  signal: AbortSignal;
  attempt: () => Promise<T | null>;
  late: () => Promise<string>;
}): Promise<T> {
  const deadlineMs = performance.now() + o.seconds * 1000;
  for (;;) {
    o.signal.throwIfAborted();
    const result = await o.attempt();
    if (result !== null) return result;
    if (performance.now() >= deadlineMs) {
      o.signal.throwIfAborted();
      throw new DemoFailure(await o.late());
    }
    await sleep(everyMs, o.signal);
  }
}
