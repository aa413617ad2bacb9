import type { CanaryFailure, CanaryOutcome } from './outcome.ts';

export const clientClosed: CanaryFailure = { outcome: 'refused', reason: 'closed', detail: 'the client is closed' };

/** Runs work that many calls share under the lifetime of its owner rather than under the signal of one caller. */
export async function untilClosed<T>(
  lifetime: AbortSignal,
  work: (signal: AbortSignal) => Promise<CanaryOutcome<T>>,
): Promise<CanaryOutcome<T>> {
  try {
    return await work(lifetime);
  } catch (error) {
    if (lifetime.aborted) return clientClosed;
    throw error;
  }
}
