import { describeFailure, type CanaryOutcome } from '../outcome.ts';

/** What a given Canary showed about an assumption. */
export type Verdict =
  | { readonly verdict: 'held' }
  | { readonly verdict: 'broken'; readonly detail: string }
  /** Could not be found out here. */
  | { readonly verdict: 'undecided'; readonly detail: string };

export const held: Verdict = { verdict: 'held' };
export const broken = (detail: string): Verdict => ({ verdict: 'broken', detail });
export const undecided = (detail: string): Verdict => ({ verdict: 'undecided', detail });

/** Outcomes that say something about the way to Canary, not about Canary. */
const inTheWay: ReadonlySet<string> = new Set(['timeout', 'connection', 'serverFault', 'rateLimited', 'refused']);

/** Held when a call came out as expected. */
export function expectOutcome(outcome: CanaryOutcome<unknown>, expected: CanaryOutcome<unknown>['outcome']): Verdict {
  if (outcome.outcome === expected) return held;
  if (outcome.outcome === 'ok') return broken('Canary answered Good');
  const detail = describeFailure(outcome);
  return inTheWay.has(outcome.outcome) ? undecided(detail) : broken(detail);
}
