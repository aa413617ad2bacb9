import { describe, expect, it } from '@jest/globals';
import { judgeDeadLetters, judgeRate, judgeRedis, judgeSessions, judgeTraffic } from './limits.ts';

describe('the oracles of the limits', () => {
  const traffic = { tvqs: 0, noDataPoints: 0, extendedPoints: 0 };

  it('let the cap be used to its last request', () => {
    expect(judgeTraffic(traffic)).toEqual([]);
    expect(judgeRate(500, 500)).toBeNull();
  });

  it('PROMISE-4 find one request too many', () => {
    expect(judgeRate(501, 500)).toMatchObject({ oracle: 'rate' });
  });

  it.each([
    ['PROMISE-5 a value', { tvqs: 1 }, 'values'],
    ['PROMISE-5 a point "No Data"', { noDataPoints: 1 }, 'values'],
    ['PROMISE-5 an extended value', { extendedPoints: 1 }, 'values'],
  ])('find %s', (_what, change, oracle) => {
    expect(judgeTraffic({ ...traffic, ...change })).toMatchObject([{ oracle }]);
  });

  it('PROMISE-6 find a Redis over its bounds', () => {
    const bound = { bytes: 100, writeJobs: 10 };
    expect(judgeRedis(bound, bound)).toEqual([]);
    expect(judgeRedis({ bytes: 101, writeJobs: 11 }, bound)).toHaveLength(2);
  });

  it('find a session that was left open, and a check that checks nothing', () => {
    expect(judgeSessions({ open: 2, revoked: 2 })).toEqual([]);
    expect(judgeSessions({ open: 2, revoked: 1 })).toHaveLength(1);
    expect(judgeSessions({ open: 0, revoked: 0 })).toHaveLength(1);
  });

  it('find what was given up', () => {
    expect(judgeDeadLetters([{ tag: 'S.a', reason: 'REJECTED', detail: 'x' }])).toMatchObject([
      { oracle: 'deadLetters', tag: 'S.a', detail: 'REJECTED: x' },
    ]);
  });
});
