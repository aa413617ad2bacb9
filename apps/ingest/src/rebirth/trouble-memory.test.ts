import { describe, expect, it } from '@jest/globals';
import { TroubleMemory } from './trouble-memory.ts';

describe('trouble that a rebirth does not end', () => {
  it('is asked about at once, and then ever less, at least once a day', () => {
    const memory = new TroubleMemory(300_000);
    let nowMs = 0;
    const delays = Array.from({ length: 12 }, () => {
      const delayMs = memory.delayFor('a', nowMs);
      nowMs += delayMs;
      return delayMs / 60_000;
    });
    expect(delays).toEqual([0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
  });

  it('adds nothing while the next request is still to come', () => {
    const memory = new TroubleMemory(300_000);
    memory.delayFor('a', 0);
    expect([0, 100_000, 200_000, 299_999].map((now) => memory.delayFor('a', now))).toEqual([
      300_000, 200_000, 100_000, 1,
    ]);
    expect(memory.delayFor('a', 300_000)).toBe(600_000);
  });

  it('is forgotten when it is over, and is each one’s own', () => {
    const memory = new TroubleMemory(300_000);
    memory.delayFor('a', 0);
    expect(memory.delayFor('b', 0)).toBe(0);
    memory.forget('a');
    expect(memory.delayFor('a', 1)).toBe(0);
  });

  it('that comes seldom is asked about at once', () => {
    const memory = new TroubleMemory(300_000);
    memory.delayFor('a', 0);
    expect(memory.delayFor('a', 3_600_000)).toBe(0);
  });
});
