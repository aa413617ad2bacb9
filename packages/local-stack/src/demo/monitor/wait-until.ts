import { DeadlineExceededError, sleep, withDeadline } from '@uns/service';

/** The demo did not go as it says it goes. The message is for a person. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

/** With what caused it: of a failed `fetch` that alone tells something. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${messageOf(error.cause)})` : error.message;
}

const everyMs = 50;
const lateMs = 5000;

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
  const repeat = async (signal: AbortSignal): Promise<T> => {
    for (;;) {
      const result = await o.attempt();
      if (result !== null) return result;
      await sleep(everyMs, signal);
    }
  };
  try {
    return await withDeadline(o.seconds * 1000, o.signal, repeat);
  } catch (error) {
    if (!(error instanceof DeadlineExceededError)) throw error;
    throw new DemoFailure(await withDeadline(lateMs, o.signal, o.late));
  }
}
