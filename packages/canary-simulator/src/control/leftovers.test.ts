import { expect, it } from '@jest/globals';
import { leftovers } from './leftovers.ts';

const sessions = { open: 0, opened: 3, revoked: 3, expired: 0, dropped: 0 };
const nothing = { tvqs: 0, annotations: 0, noDataPoints: 0, extendedPoints: 0, sessions };

it('E5 says in words what was left behind', () => {
  expect(leftovers(nothing)).toEqual([]);
  expect(leftovers({ ...nothing, tvqs: 2, noDataPoints: 1 })).toEqual([
    '2 time-value-quality points',
    '1 "No Data" points',
  ]);
  const twoOpen = { ...nothing, sessions: { ...sessions, open: 2, revoked: 1 } };
  expect(leftovers(twoOpen)).toEqual(['2 open sessions of 3']);
  expect(leftovers(twoOpen, { sessionsLost: 1 })).toEqual(['2 open sessions of 3']);
  expect(leftovers(twoOpen, { sessionsLost: 2 })).toEqual([]);
});
