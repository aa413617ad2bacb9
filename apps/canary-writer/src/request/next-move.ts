import type { CanaryFailure } from '@uns/canary-client';

/** What to do about a request that did not succeed. */
export type Move =
  /** It may succeed the next time: counts as an attempt. */
  | 'try-again'
  /** Canary asks for less: no attempt is burned. */
  | 'slow-down'
  /** Its content is the reason: find the tags that are. */
  | 'isolate'
  /** Nothing can be written now, whatever it is: the job goes back to the queue. */
  | 'give-back';

const moves: Readonly<Record<CanaryFailure['outcome'], Move>> = {
  errors: 'isolate',
  rateLimited: 'slow-down',
  serverFault: 'try-again',
  timeout: 'try-again',
  connection: 'try-again',
  malformed: 'try-again',
  badSession: 'try-again',
  rejected: 'try-again',
  sessionRefused: 'give-back',
  unlicensed: 'give-back',
  unauthorised: 'give-back',
  refused: 'give-back',
};

export interface Circumstances {
  /** Whether a session is open: then a refused token is about this request, else about all. */
  sessionOpen: boolean;
}

export function nextMove(failure: CanaryFailure, { sessionOpen }: Circumstances): Move {
  // Something in front of Canary finds the body too large: smaller requests may pass.
  if (failure.outcome === 'rejected' && failure.status === 413) return 'isolate';
  if (failure.outcome === 'refused' && failure.reason === 'tooLarge') return 'isolate';
  // A proxy that dislikes this one request must not stop the queue: in the end its tags are put off.
  if (failure.outcome === 'unauthorised' && sessionOpen) return 'try-again';
  return moves[failure.outcome];
}
