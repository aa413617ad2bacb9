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
    const line = new SlotLine({
      clock: systemClock,
      lateMs: 3,
      onSlot: () => {
        early.push((instants[fired + late] ?? 0) - performance.now());
        fired += 1;
        end();
      },
      onLate: (count) => {
        late += count;
        end();
      },
    });
    line.add(instants);
    await ended.promise;
    expect(Math.max(...early)).toBeLessThanOrEqual(0);
    expect(line.length).toBe(0);
  });

  it('drops what is more than lateMs late, and fires what is less', () => {
    let now = 1000;
    const events: string[] = [];
    const line = new SlotLine({
      clock: { now: () => now, monotonic: () => now },
      lateMs: 3,
      onSlot: () => events.push('slot'),
      onLate: (count) => events.push(`${count} late`),
    });
    now = 1010;
    line.add([1000, 1006.9, 1007, 1010, 1010.1]);
    expect(events).toEqual(['slot', 'slot', '2 late']);
    expect(line.length).toBe(1);
    expect(line.clear()).toBe(1);
  });
});
