import { describe, expect, it } from '@jest/globals';
import { SlidingRate } from './sliding-rate.ts';

describe('the rate of a counter', () => {
  it('is what came in the last second', () => {
    const rate = new SlidingRate();
    expect(rate.add(0, 100)).toBe(0);
    expect(rate.add(500, 150)).toBe(100);
    expect(rate.add(1000, 250)).toBe(150);
    expect(rate.add(1500, 250)).toBe(100);
    expect(rate.add(2500, 250)).toBe(0);
  });

  it('is told per second when readings are further apart', () => {
    const rate = new SlidingRate();
    rate.add(0, 0);
    expect(rate.add(4000, 400)).toBe(100);
  });
});
