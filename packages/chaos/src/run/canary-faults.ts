import type { FaultInput } from '@uns/canary-simulator';
import type { Fault } from '../schedule/step.ts';

type CanaryFault = (Fault & { lane: 'canary' })['fault'];

/** Most faults strike some calls and leave others alone: what goes through must still be right. */
export const canaryFaults: Record<CanaryFault, readonly FaultInput[]> = {
  down: [{ kind: 'down' }],
  slow: [{ kind: 'slow', ms: 1500, share: 0.7 }],
  'applied, answer lost': [{ kind: 'lostAnswer', by: 'reset', share: 0.6 }],
  'applied, no answer': [{ kind: 'lostAnswer', by: 'hang', share: 0.4 }],
  'refuses sessions': [
    { kind: 'badSessionToken', share: 0.5 },
    { kind: 'denied', status: 401, paths: ['/api/v1/getSessionToken'] },
  ],
  'forgets sessions': [{ kind: 'badSessionToken', share: 0.3 }],
  '429': [{ kind: 'tooManyRequests', retryAfterSeconds: 1, share: 0.3 }],
  '5xx': [{ kind: 'serverError', share: 0.6 }],
  hangs: [{ kind: 'hang', share: 0.5 }],
  resets: [{ kind: 'reset', share: 0.6 }],
  'half an answer': [{ kind: 'malformedJson', stores: true, share: 0.4 }],
};
