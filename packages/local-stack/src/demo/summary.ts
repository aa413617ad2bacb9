import type { Figures } from './monitor/figures.ts';
import type { Parity } from './parity/compare.ts';

/** What the demo measured: the last line of `pnpm demo --once`. */
export interface Summary {
  /** Device births that ingest has worked on. */
  births: number;
  /** Rows of the store. */
  metrics: number;
  properties: number;
  /** All that the Canary simulator has received. */
  requests: number;
  maxRequestsPerSecond: number;
  status429: number;
  /** Points in the time series of tags, "No Data" points included: metadata must never make one. */
  tvqs: number;
  /** Metrics of which every property is the same in PostgreSQL and in Canary. */
  parity: { matched: number; total: number };
  /** Since the start of the process. */
  seconds: number;
}

export function summaryOf(figures: Figures, parity: Parity, elapsedMs: number): Summary {
  const { store, canary } = figures;
  return {
    births: figures.births,
    metrics: store.metrics,
    properties: store.properties,
    requests: canary.requests,
    maxRequestsPerSecond: canary.maxRequestsPerSecond,
    status429: canary.status429,
    tvqs: canary.points,
    parity: { matched: parity.matched, total: parity.total },
    seconds: Math.round(elapsedMs / 100) / 10,
  };
}

/** Why this is no success; empty when it is one. */
export function shortcomings({ parity, status429, tvqs }: Summary): string[] {
  const reasons: string[] = [];
  if (parity.total === 0) reasons.push('There is no metric to compare.');
  if (parity.matched !== parity.total) {
    const different = parity.total - parity.matched;
    reasons.push(`${different} of ${parity.total} metrics differ between PostgreSQL and Canary.`);
  }
  if (status429 > 0) reasons.push(`Canary refused ${status429} requests because there were too many in a second.`);
  if (tvqs > 0) reasons.push(`${tvqs} points were written into time series.`);
  return reasons;
}
