import { describe, expect, it } from '@jest/globals';
import { defaultPacing, slotSpacingUs } from './pacing.ts';

describe('slotSpacingUs', () => {
  it('gives 497 slots per second for a cap of 500 and 3 + 3 ms of lateness and jitter', () => {
    expect(slotSpacingUs({ capRps: 500, ...defaultPacing })).toBe(2012);
  });

  it.each([1, 2, 7, 100, 499, 500, 1000, 5000])('keeps a cap of %i however the slots are late', (capRps) => {
    const { lateMs, jitterMs } = defaultPacing;
    const spacingUs = slotSpacingUs({ capRps, lateMs, jitterMs });
    // The worst: a slot at its very end of the allowance, then second after second of slots without any.
    const slotsThatCanArriveInOneSecond = Math.ceil(((1000 + lateMs + jitterMs) * 1000) / spacingUs);
    expect(slotsThatCanArriveInOneSecond).toBeLessThanOrEqual(capRps);
    expect(1_000_000 / spacingUs).toBeGreaterThan(capRps * 0.99);
  });
});
