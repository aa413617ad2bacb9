import { describe, expect, it } from '@jest/globals';
import { RedisClock } from './redis-clock.ts';

/** Redis' clock is ours + 1,000,000 ms. */
const redisAhead = 1_000_000;

function reading(readAt: number, wayThereMs: number, wayBackMs: number, redisSetBy = 0) {
  return {
    sentAt: readAt - wayThereMs,
    receivedAt: readAt + wayBackMs,
    redisAt: readAt + redisAhead + redisSetBy,
  };
}

describe('RedisClock', () => {
  it('is never early, and late by at most the way back', () => {
    for (const [there, back] of [
      [0.1, 0.1],
      [5, 0.1],
      [0.1, 5],
    ] as const) {
      const clock = new RedisClock();
      clock.read(reading(1000, there, back));
      const late = clock.toMonotonic(redisAhead + 2000) - 2000;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeCloseTo(back);
      expect(clock.uncertaintyMs).toBeCloseTo(there + back);
      // And the other way round: an instant of ours is over on Redis' clock when we say so.
      expect(clock.toRedisUs(2000) / 1000 - redisAhead - 2000).toBeCloseTo(there);
    }
  });

  it('is not misled by a reply that waited for a busy event loop', () => {
    const clock = new RedisClock();
    clock.read(reading(1000, 0.1, 0.2));
    clock.read(reading(1010, 0.1, 40));
    expect(clock.toMonotonic(redisAhead + 2000) - 2000).toBeCloseTo(0.2, 1);
  });

  it('gains certainty with each reading and loses it with time', () => {
    const clock = new RedisClock();
    clock.read(reading(1000, 0.1, 3));
    clock.read(reading(1010, 3, 0.1));
    expect(clock.uncertaintyMs).toBeLessThan(0.3);
    clock.read(reading(1_001_010, 200, 200));
    expect(clock.uncertaintyMs).toBeGreaterThan(300);
  });

  it('accepts clocks that drift apart by 0.5 ms per second', () => {
    const clock = new RedisClock();
    for (let second = 0; second < 100; second += 1) {
      expect(clock.read(reading(1000 * second, 0.2, 0.2, 0.5 * second))).toBe(0);
    }
  });

  it.each([-2000, -5, 5, 2000])('notices that the clock of Redis was set by %i ms, and believes the new time', (by) => {
    const clock = new RedisClock();
    expect(clock.read(reading(1000, 0.2, 0.2))).toBe(0);
    // Up to the time the replies took.
    expect(clock.read(reading(1010, 0.2, 0.2, by))).toBeCloseTo(Math.abs(by) - 0.4, 1);
    expect(clock.toMonotonic(redisAhead + by + 2000) - 2000).toBeCloseTo(0.2);
  });
});
