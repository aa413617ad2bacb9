import { describe, expect, it } from '@jest/globals';
import { RecentRate } from './recent-rate.ts';

describe('RecentRate', () => {
  it('is the mean of the last ten whole seconds, and forgets what is older', () => {
    let now = 0;
    const rate = new RecentRate({ now: () => now, monotonic: () => now });
    for (now = 0; now < 30_000; now += 100) rate.add();
    expect(rate.perSecond()).toBe(10);
    now = 35_500;
    expect(rate.perSecond()).toBe(5);
    now = 60_000;
    expect(rate.perSecond()).toBe(0);
  });
});
