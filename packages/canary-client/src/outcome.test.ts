import { expect, it } from '@jest/globals';
import { describeFailure, type CanaryFailure } from './outcome.ts';

const failures: { readonly [O in CanaryFailure['outcome']]: Extract<CanaryFailure, { outcome: O }> } = {
  errors: { outcome: 'errors', messages: ['bad tag', 'bad value'] },
  badSession: { outcome: 'badSession' },
  sessionRefused: { outcome: 'sessionRefused', messages: ['no such historian'] },
  unauthorised: { outcome: 'unauthorised', detail: 'HTTP 401' },
  unlicensed: { outcome: 'unlicensed', detail: 'BadLicense' },
  rateLimited: { outcome: 'rateLimited', retryAfterMs: 1_000 },
  serverFault: { outcome: 'serverFault', status: 503, retryAfterMs: null },
  rejected: { outcome: 'rejected', status: 404, detail: 'no such page' },
  timeout: { outcome: 'timeout', afterMs: 10_000 },
  connection: { outcome: 'connection', code: 'ECONNRESET' },
  malformed: { outcome: 'malformed', detail: 'not JSON' },
  refused: { outcome: 'refused', reason: 'closed', detail: 'the client is closed' },
};

it('each failure has one line for people', () => {
  expect(Object.values(failures).map(describeFailure)).toEqual([
    'Canary answered Errors: bad tag; bad value',
    'Canary rejected the session token, and the one of a new login too',
    'Canary opened no session: no such historian',
    'Canary does not accept the API token: HTTP 401',
    'Canary has no licence for this call: BadLicense',
    'HTTP 429 from Canary, retry after 1000 ms',
    'HTTP 503 from Canary',
    'HTTP 404 from Canary: no such page',
    'no answer from Canary within 10000 ms',
    'no connection to Canary: ECONNRESET',
    'an answer of Canary makes no sense: not JSON',
    'nothing was sent: the client is closed',
  ]);
  expect(describeFailure({ outcome: 'rateLimited', retryAfterMs: null })).toBe('HTTP 429 from Canary');
});
