import { describe, expect, it } from '@jest/globals';
import { RebirthSchedule, type RebirthWish } from './rebirth-schedule.ts';

const wish = (edge: string, dueMs: number, more: Partial<RebirthWish> = {}): RebirthWish => ({
  node: { group: 'Secil', edge },
  reason: 'CONNECTED',
  dueMs,
  sinceMs: 0,
  ...more,
});

describe('the schedule of rebirth requests', () => {
  it('hands out wishes when they are due, the one due longest first', () => {
    const schedule = new RebirthSchedule();
    expect(schedule.nextDueMs).toBeNull();
    for (const [edge, dueMs] of [
      ['b', 20],
      ['a', 10],
      ['c', 30],
    ] as const)
      schedule.add(wish(edge, dueMs));
    expect(schedule.nextDueMs).toBe(10);
    expect(schedule.takeDue(9)).toBeNull();
    expect([25, 25, 25].map((now) => schedule.takeDue(now)?.node.edge)).toEqual(['a', 'b', undefined]);
    expect(schedule.size).toBe(1);
  });

  it('has one wish for a node: the earlier, for the needs of both', () => {
    const schedule = new RebirthSchedule();
    schedule.add(wish('a', 100, { sinceMs: 5 }));
    schedule.add(wish('a', 50, { reason: 'BIRTH_INCOMPLETE', sinceMs: 7 }));
    expect(schedule.size).toBe(1);
    expect(schedule.takeDue(50)).toEqual(wish('a', 50, { sinceMs: 7 }));
  });

  it('does not let a wish that may turn out to be needless stand for one that will not', () => {
    const schedule = new RebirthSchedule();
    schedule.add(wish('a', 100, { reason: 'DEFINITIONS_LATE' }));
    schedule.add(wish('a', 200, { reason: 'MAILBOX_FULL' }));
    expect(schedule.takeDue(100)?.reason).toBe('MAILBOX_FULL');
  });

  it('PROMISE-6 is bounded', () => {
    const schedule = new RebirthSchedule();
    for (let i = 0; i < 20_000; i += 1) schedule.add(wish(`e${i}`, i));
    expect(schedule.add(wish('one more', 0))).toBe(false);
    expect(schedule.add(wish('e7', 0))).toBe(true);
    expect(schedule.size).toBe(20_000);
  });
});
