import { setTimeout as timeout } from 'node:timers/promises';

/**
 * Waits `ms` milliseconds. Rejects with the signal's reason as soon as it is aborted, so a stop never waits for a timer.
 */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await timeout(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
