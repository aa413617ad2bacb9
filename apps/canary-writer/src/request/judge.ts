import type { CanaryOutcome } from '@uns/canary-client';
import type { Verdict } from '@uns/delivery';

type OutcomeName = CanaryOutcome<unknown>['outcome'];

/** What an answer says about the health of Canary. */
const verdicts: Readonly<Record<Exclude<OutcomeName, 'serverFault'>, Verdict>> = {
  ok: 'success',
  // Canary works: it has looked at the data and refused it.
  errors: 'success',
  rejected: 'neutral',
  badSession: 'neutral',
  sessionRefused: 'neutral',
  unauthorised: 'neutral',
  unlicensed: 'neutral',
  rateLimited: 'neutral',
  refused: 'neutral',
  timeout: 'failure',
  connection: 'failure',
  malformed: 'failure',
};

export function judge(outcome: CanaryOutcome<unknown>): Verdict {
  if (outcome.outcome === 'serverFault') return outcome.status >= 500 ? 'server-error' : 'failure';
  return verdicts[outcome.outcome];
}
