import { expect, it } from '@jest/globals';
import { summariseArrivals } from './arrivals.ts';

it('counts the arrivals of the span alone, and the gaps at its ends too', () => {
  const seconds = [0, 1, 1.5, 2.999, 3].map((second) => second * 1_000_000);
  expect(summariseArrivals(seconds, 1_000_000, 2)).toEqual({ requests: 3, meanRps: 1.5, longestGapMs: 1499 });
  expect(summariseArrivals([], 0, 2)).toEqual({ requests: 0, meanRps: 0, longestGapMs: 2000 });
});
