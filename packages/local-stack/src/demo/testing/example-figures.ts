import type { Figures, MeasuredParity } from '../monitor/figures.ts';

/** A reading in the middle of a demo. */
export function exampleFigures(parity: MeasuredParity | null = null): Figures {
  return {
    births: 15,
    store: {
      metrics: 4401,
      properties: 38_113,
      versions: 4530,
      pending: 128,
      firstDueSeconds: 3.2,
      inFlight: 0,
      dead: 0,
    },
    canary: {
      requests: 131,
      writes: 97,
      keepAlives: 1,
      requestsPerSecond: 12,
      maxRequestsPerSecond: 31,
      cap: 500,
      status429: 0,
      serverErrors: 0,
      propertyWrites: 40_000,
      points: 0,
    },
    parity,
  };
}
