import { describe, expect, it } from '@jest/globals';
import { SlotLedger } from './slot-ledger.ts';

const ms = 1000;
const restUs = 1_001_000;
const leaseUs = 1_751_000;
/** Redis' clock, here 5 s ahead of ours. */
const toRedisUs = (monotonicMs: number): number => (monotonicMs + 5000) * ms;

/** The instant of the slot is 1000. */
function ledgerWithOne() {
  const ledger = new SlotLedger({ restUs, leaveWithinMs: 250, arrivedWithinMs: 500, leaseUs, toRedisUs });
  const slot = ledger.grant({ name: '7', instantUs: 6_000_000, freeSinceUs: 5_900_000, leaseUs: 7_751_000 }, 1000, 980);
  return { ledger, slot };
}

describe('SlotLedger', () => {
  it('lets a slot rest from the answer, which alone proves that its request had arrived, however late that is', () => {
    const { ledger, slot } = ledgerWithOne();
    expect(ledger.leave(slot, 1040)).toBe(true);
    expect(ledger.take(1170)).toEqual([]);
    ledger.answered(slot, 1175);
    ledger.answered(slot, 1190);
    expect(ledger.ended(slot, 1200)).toBe('settled');
    expect(ledger.take(1200)).toEqual([{ name: '7', leaseUs: 7_751_000, freeUs: 6_175_000 + restUs }]);
    expect(ledger.isEmpty).toBe(true);
    expect(ledger.take(1200)).toEqual([]);
  });

  it('lets a slot rest longer whose request was given up: it may still arrive', () => {
    const { ledger, slot } = ledgerWithOne();
    ledger.leave(slot, 1040);
    expect(ledger.ended(slot, 1100)).toBe('used');
    expect(ledger.take(1100)).toEqual([{ name: '7', leaseUs: 7_751_000, freeUs: 6_600_000 + restUs }]);
  });

  it('lets no request leave that comes too late, because others may have the slot by then', () => {
    const { ledger, slot } = ledgerWithOne();
    expect(ledger.leave(slot, 1250.1)).toBe(false);
    const settled = ledgerWithOne();
    settled.ledger.forget();
    expect(settled.ledger.leave(settled.slot, 1010)).toBe(false);
    // What left at the last moment has arrived and rested before anybody else gets the slot.
    const lastArrivalUs = toRedisUs(1250 + 500);
    expect(slot.leaseUs).toBeGreaterThanOrEqual(lastArrivalUs + restUs - ms);
  });

  it('hands a slot that was not used back as it was', () => {
    const { ledger, slot } = ledgerWithOne();
    expect(ledger.ended(slot, 1030)).toBe('unused');
    expect(ledger.leave(slot, 1040)).toBe(false);
    ledger.answered(slot, 1050);
    expect(ledger.take(1100)).toEqual([{ name: '7', leaseUs: 7_751_000, freeUs: 5_900_000 }]);
  });

  it('keeps a slot whose request has no answer yet, and lets nobody have it meanwhile', () => {
    const { ledger, slot } = ledgerWithOne();
    ledger.leave(slot, 1010);
    expect(ledger.take(1100)).toEqual([]);
    expect(ledger.take(1200)).toEqual([{ name: '7', leaseUs: 7_751_000, freeUs: toRedisUs(1200) + leaseUs }]);
    expect(ledger.take(1300)).toEqual([]);
    ledger.answered(slot, 1350);
    expect(ledger.take(1400)).toEqual([
      { name: '7', leaseUs: toRedisUs(1200) + leaseUs, freeUs: toRedisUs(1350) + restUs },
    ]);
  });

  it('tells later what could not be told', () => {
    const { ledger, slot } = ledgerWithOne();
    ledger.unused(slot);
    const taken = ledger.take(1100);
    ledger.putBack(taken);
    expect(ledger.take(1200)).toEqual(taken);
  });
});
