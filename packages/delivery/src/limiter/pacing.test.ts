import { describe, expect, it } from '@jest/globals';
import {
  arrivedWithinMs,
  defaultPacing,
  leaveWithinMs,
  slotLeaseUs,
  slotRestUs,
  slotSpacingUs,
  slotsPerSecond,
} from './pacing.ts';

describe('the pacing of slots', () => {
  it('is at most 499.5 requests per second for a cap of 500', () => {
    expect(slotsPerSecond({ capRps: 500 }, 1)).toBeCloseTo(499.5, 1);
  });

  it('lets the evenly spread slots of a share of the rate follow each other, and all slots a little closer', () => {
    expect(slotSpacingUs({ capRps: 500 }, 0.1)).toBe(20_020);
    expect(slotSpacingUs({ capRps: 500 }, 1)).toBe(1820);
  });

  it('does not take a slot for free while its request may still be sent, arrive, and rest', () => {
    expect(leaveWithinMs).toBeGreaterThan(defaultPacing.lateMs);
    expect(slotLeaseUs).toBeGreaterThanOrEqual((leaveWithinMs + arrivedWithinMs) * 1000 + slotRestUs);
  });
});
