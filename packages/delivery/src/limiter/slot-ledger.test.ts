import { describe, expect, it } from '@jest/globals';
import { SlotLedger } from './slot-ledger.ts';

const ms = 1000;
const restUs = 1_001_000;
const jitterMs = 20;
const leaseUs = 1_506_000;
/** Redis' clock, here 5 s ahead of ours. */
const toRedisUs = (monotonicMs: number): number => (monotonicMs + 5000) * ms;

function ledgerWithOne() {
  const ledger = new SlotLedger({ restUs, jitterMs, leaseUs, toRedisUs });
  const slot = ledger.grant({ name: '7', instantUs: 6_000_000, freeSinceUs: 5_900_000, leaseUs: 7_506_000 }, 980);
  return { ledger, slot };
}

describe('SlotLedger', () => {
  it('lets a slot rest from the answer, which proves that its request had arrived', () => {
    const { ledger, slot } = ledgerWithOne();
    ledger.sent(slot, 1040);
    ledger.answered(slot, 1045);
    ledger.answered(slot, 1060);
    expect(ledger.take(1100)).toEqual([{ name: '7', leaseUs: 7_506_000, freeUs: 6_045_000 + restUs }]);
    expect(ledger.isEmpty).toBe(true);
    expect(ledger.take(1100)).toEqual([]);
  });

  it('waits no longer for the answer than a request may be on its way, however late it left', () => {
    const { ledger, slot } = ledgerWithOne();
    ledger.sent(slot, 1080);
    ledger.sent(slot, 1095);
    expect(ledger.take(1099)).toEqual([]);
    expect(ledger.take(1100)).toEqual([{ name: '7', leaseUs: 7_506_000, freeUs: 6_100_000 + restUs }]);
    const other = ledgerWithOne();
    other.ledger.sent(other.slot, 1040);
    other.ledger.answered(other.slot, 9000);
    expect(other.ledger.take(9000)).toMatchObject([{ freeUs: 6_060_000 + restUs }]);
  });

  it('hands a slot that was not used back as it was', () => {
    const { ledger, slot } = ledgerWithOne();
    ledger.unused(slot);
    ledger.sent(slot, 1040);
    ledger.answered(slot, 1050);
    expect(ledger.take(1100)).toEqual([{ name: '7', leaseUs: 7_506_000, freeUs: 5_900_000 }]);
  });

  it('keeps a slot whose request has not left yet, and lets nobody have it meanwhile', () => {
    const { ledger, slot } = ledgerWithOne();
    expect(ledger.take(1100)).toEqual([]);
    expect(ledger.take(1200)).toEqual([{ name: '7', leaseUs: 7_506_000, freeUs: toRedisUs(1200) + leaseUs }]);
    expect(ledger.take(1300)).toEqual([]);
    ledger.sent(slot, 1340);
    ledger.answered(slot, 1350);
    expect(ledger.take(1400)).toEqual([
      { name: '7', leaseUs: toRedisUs(1200) + leaseUs, freeUs: toRedisUs(1350) + restUs },
    ]);
  });

  it('takes a slot of which it never hears again for used', () => {
    const { ledger } = ledgerWithOne();
    expect(ledger.take(100_000)).toEqual([{ name: '7', leaseUs: 7_506_000, freeUs: toRedisUs(100_000) + restUs }]);
    expect(ledger.isEmpty).toBe(true);
  });

  it('tells later what could not be told', () => {
    const { ledger, slot } = ledgerWithOne();
    ledger.unused(slot);
    const taken = ledger.take(1100);
    ledger.putBack(taken);
    expect(ledger.take(1200)).toEqual(taken);
  });
});
