import { describe, expect, it } from '@jest/globals';
import type { CanaryFailure } from '@uns/canary-client';
import { nextMove, type Move } from './next-move.ts';

const cases: [Move, boolean, CanaryFailure][] = [
  ['isolate', true, { outcome: 'errors', messages: ['bad'] }],
  ['isolate', true, { outcome: 'rejected', status: 413, detail: '' }],
  ['isolate', true, { outcome: 'refused', reason: 'tooLarge', detail: '' }],
  ['slow-down', true, { outcome: 'rateLimited', retryAfterMs: 500 }],
  ['try-again', true, { outcome: 'serverFault', status: 503, retryAfterMs: null }],
  ['try-again', true, { outcome: 'timeout', afterMs: 10_000 }],
  ['try-again', true, { outcome: 'connection', code: 'ECONNRESET' }],
  ['try-again', true, { outcome: 'malformed', detail: '' }],
  ['try-again', true, { outcome: 'badSession' }],
  ['try-again', true, { outcome: 'rejected', status: 404, detail: '' }],
  // The session is open, so it is this one request that something in the way dislikes.
  ['try-again', true, { outcome: 'unauthorised', detail: 'HTTP 403' }],
  ['give-back', false, { outcome: 'unauthorised', detail: 'HTTP 401' }],
  ['give-back', false, { outcome: 'sessionRefused', messages: [] }],
  ['give-back', true, { outcome: 'unlicensed', detail: '' }],
  ['give-back', true, { outcome: 'refused', reason: 'closed', detail: '' }],
  ['give-back', true, { outcome: 'refused', reason: 'notAdmitted', detail: '' }],
  ['give-back', true, { outcome: 'refused', reason: 'noToken', detail: '' }],
];

describe('CT-02 what to do about a request that did not succeed', () => {
  it.each(cases)('CT-02 %s (session open: %s): %o', (move, sessionOpen, failure) => {
    expect(nextMove(failure, { sessionOpen })).toBe(move);
  });
});
