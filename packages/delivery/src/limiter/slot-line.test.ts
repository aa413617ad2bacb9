import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@uns/service';
import { SlotLine } from './slot-line.ts';

describe('SlotLine', () => {
  it('fires each slot at its instant, never early', async () => {
    const start = performance.now();
    const instants = Array.from({ length: 20 }, (_, i) => start + 10 + i * 2.3);
    const early: number[] = [];
    const ended = Promise.withResolvers<void>();
    let fired = 0;
    let late = 0;
    const end = (): void => {
      if (fired + late === instants.length) ended.resolve();
    };
    const line = new SlotLine<number>({
      clock: systemClock,
      lateMs: 3,
      onSlot: (instant) => {
        early.push(instant - performance.now());
        fired += 1;
        end();
      },
      onLate: (slots) => {
        late += slots.length;
        end();
      },
    });
    line.add(instants.map((at) => ({ at, slot: at })));
    await ended.promise;
    expect(Math.max(...early)).toBeLessThanOrEqual(0);
    expect(line.length).toBe(0);
  });

  it('drops what is more than lateMs late, and fires what is less', () => {
    let now = 1000;
    const events: string[] = [];
    const line = new SlotLine<number>({
      clock: { now: () => now, monotonic: () => now },
      lateMs: 3,
      onSlot: (slot) => events.push(`slot ${slot}`),
      onLate: (slots) => events.push(`late ${slots.join()}`),
    });
    now = 1010;
    line.add([1000, 1006.9, 1007, 1010, 1010.1].map((at) => ({ at, slot: at })));
    expect(events).toEqual(['slot 1007', 'slot 1010', 'late 1000,1006.9']);
    expect(line.length).toBe(1);
    expect(line.clear()).toEqual([1010.1]);
    expect(line.length).toBe(0);
  });
});
