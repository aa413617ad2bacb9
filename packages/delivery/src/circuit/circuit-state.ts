import type { CircuitPolicy } from './circuit-policy.ts';

export type TripReason = 'consecutive-failures' | 'server-error-share';

/** What Redis holds. The other states follow from it and the time. */
export type CircuitPhase = 'closed' | 'open' | 'recovering';

export interface CircuitRecord {
  phase: CircuitPhase;
  /** Counts the changes of phase: whoever decides on an old record changes nothing. */
  version: number;
  /** Since when the phase lasts, ms of Redis' clock. */
  sinceMs: number;
  /** Why the circuit opened last. */
  reason: TripReason | null;
  /** When this was read, ms of Redis' clock. */
  nowMs: number;
  /** Failures in a row, of the whole fleet. */
  consecutive: number;
  /** Calls of the whole fleet in the window, and how many of them ended with a server error. */
  calls: number;
  serverErrors: number;
}

export type CircuitState =
  | { state: 'closed' }
  | { state: 'open'; reason: TripReason | null; probeInMs: number }
  | { state: 'half-open'; reason: TripReason | null }
  /** `share` of the full rate, in (0, 1). */
  | { state: 'recovering'; share: number };

export type CircuitEvent = 'tripped' | 'probe-succeeded' | 'probe-failed';

/** The phase an event leads to; null where it means nothing, such as late failures of calls begun before the circuit opened. */
export const transitions: Readonly<Record<CircuitState['state'], Readonly<Record<CircuitEvent, CircuitPhase | null>>>> =
  {
    closed: { tripped: 'open', 'probe-succeeded': null, 'probe-failed': null },
    open: { tripped: null, 'probe-succeeded': null, 'probe-failed': null },
    'half-open': { tripped: null, 'probe-succeeded': 'recovering', 'probe-failed': 'open' },
    recovering: { tripped: 'open', 'probe-succeeded': null, 'probe-failed': null },
  };

/** The rate begins with this share of its full height. */
const firstShare = 0.1;

/** The state at an instant of Redis' clock, ms. */
export function stateAt(record: CircuitRecord, nowMs: number, policy: CircuitPolicy): CircuitState {
  const lastedMs = Math.max(0, nowMs - record.sinceMs);
  if (record.phase === 'open') {
    const { reason } = record;
    return lastedMs < policy.openMs
      ? { state: 'open', reason, probeInMs: policy.openMs - lastedMs }
      : { state: 'half-open', reason };
  }
  if (record.phase === 'recovering' && lastedMs < policy.rampMs) {
    return { state: 'recovering', share: firstShare + (1 - firstShare) * (lastedMs / policy.rampMs) };
  }
  return { state: 'closed' };
}

/** Whether the counts of the fleet open the circuit, and by which rule. */
export function tripReason(
  { consecutive, calls, serverErrors }: Pick<CircuitRecord, 'consecutive' | 'calls' | 'serverErrors'>,
  policy: CircuitPolicy,
): TripReason | null {
  if (consecutive >= policy.consecutiveFailures) return 'consecutive-failures';
  // In whole numbers: 2 of 100 are 2 %, whatever the rounding of 0.02.
  const shareReached = serverErrors * 100 >= policy.serverErrorPercent * calls;
  return calls >= policy.minimumVolume && serverErrors > 0 && shareReached ? 'server-error-share' : null;
}
