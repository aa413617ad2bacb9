import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../faults/seeded-random.ts';
import { ArrivalWindow } from './arrival-window.ts';

/** Counts every window of one second that begins with an arrival. */
function largestByBruteForce(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time - from < 1_000_000).length));
}

describe('the one-second window', () => {
  it('TC-21 two arrivals exactly one second apart are in no window together', () => {
    const window = new ArrivalWindow();
    window.arrive(1_000);
    expect(window.arrive(1_000_999)).toBe(2);
    expect(window.arrive(1_001_000)).toBe(2);
    expect(window.max).toBe(2);
  });

  it('TC-21 a burst across a full second is seen, which a count by calendar second misses', () => {
    const window = new ArrivalWindow();
    for (let index = 0; index < 400; index++) window.arrive(900_000 + index * 100);
    for (let index = 0; index < 400; index++) window.arrive(1_010_000 + index * 100);
    expect(window.max).toBe(800);
  });

  it.each([1, 2, 3])('TC-21 the largest window is exact (seed %d)', (seed) => {
    const random = seededRandom(seed);
    const window = new ArrivalWindow();
    const times: number[] = [];
    let now = 5_000_000;
    for (let index = 0; index < 3000; index++) {
      // Bursts and gaps, among them arrivals at the same µs and exactly one second later.
      const step = random();
      now += step < 0.5 ? 0 : step < 0.9 ? Math.floor(random() * 20_000) : step < 0.95 ? 1_000_000 : 999_999;
      times.push(now);
      window.arrive(now);
    }
    expect(window.max).toBe(largestByBruteForce(times));
  });

  it('tells when there is room again', () => {
    const window = new ArrivalWindow();
    for (const time of [0, 100_000, 200_000]) window.arrive(time);
    expect(window.freeIn(4, 200_000)).toBe(0);
    expect(window.freeIn(3, 200_000)).toBe(800_000);
    expect(window.freeIn(2, 200_000)).toBe(900_000);
  });

  it('grows in the middle of its ring without losing an arrival', () => {
    const window = new ArrivalWindow();
    for (let index = 0; index < 600; index++) window.arrive(index);
    for (let index = 0; index < 1500; index++) window.arrive(2_000_000 + index);
    expect(window.max).toBe(1500);
    // The oldest 1000 have left: had growing mixed them up, another number would have.
    expect(window.arrive(3_000_999)).toBe(501);
  });

  it('holds more than it was made for, and forgets everything when told', () => {
    const window = new ArrivalWindow();
    for (let index = 0; index < 5000; index++) window.arrive(index);
    expect(window.max).toBe(5000);
    window.reset();
    expect(window.arrive(5000)).toBe(1);
    expect(window.max).toBe(1);
  });
});
