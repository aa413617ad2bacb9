import { describe, expect, it } from '@jest/globals';
import type { CanaryOutcome } from '@uns/canary-client';
import { judge } from './judge.ts';

const cases: [string, CanaryOutcome<null>][] = [
  ['success', { outcome: 'ok', value: null }],
  ['success', { outcome: 'errors', messages: ['bad'] }],
  ['server-error', { outcome: 'serverFault', status: 500, retryAfterMs: null }],
  ['server-error', { outcome: 'serverFault', status: 503, retryAfterMs: 1000 }],
  ['failure', { outcome: 'serverFault', status: 408, retryAfterMs: null }],
  ['failure', { outcome: 'timeout', afterMs: 10_000 }],
  ['failure', { outcome: 'connection', code: 'ECONNRESET' }],
  ['failure', { outcome: 'malformed', detail: '' }],
  ['neutral', { outcome: 'rateLimited', retryAfterMs: null }],
  ['neutral', { outcome: 'unauthorised', detail: '' }],
  ['neutral', { outcome: 'badSession' }],
  ['neutral', { outcome: 'sessionRefused', messages: [] }],
  ['neutral', { outcome: 'unlicensed', detail: '' }],
  ['neutral', { outcome: 'rejected', status: 404, detail: '' }],
  ['neutral', { outcome: 'refused', reason: 'notAdmitted', detail: '' }],
];

describe('TC-22 what an answer says about the health of Canary', () => {
  it.each(cases)('TC-22 %s: %o', (verdict, outcome) => {
    expect(judge(outcome)).toBe(verdict);
  });
});
