import { describe, expect, it } from '@jest/globals';
import { defaultPacing, slotLeaseUs, slotRestUs, slotSpacingUs, slotsPerSecond } from './pacing.ts';

describe('the pacing of slots', () => {
  it('is 497 requests per second for a cap of 500 and 6 ms of jitter', () => {
    expect(slotsPerSecond({ capRps: 500, jitterMs: 6 }, 1)).toBeCloseTo(497.0, 1);
    expect(slotRestUs({ jitterMs: 6 })).toBe(1_006_000);
  });

  it('lets the evenly spread slots of a share of the rate follow each other, and all slots a little closer', () => {
    const pacing = { capRps: 500, jitterMs: 0 };
    expect(slotSpacingUs(pacing, 0.1)).toBe(20_000);
    expect(slotSpacingUs(pacing, 1)).toBe(1819);
  });

  it('does not take a slot for free while its request may still be sent', () => {
    const { lateMs, jitterMs } = defaultPacing;
    expect(slotLeaseUs(defaultPacing)).toBeGreaterThan((lateMs + 1000 + jitterMs) * 1000);
  });
});
