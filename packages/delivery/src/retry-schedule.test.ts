import { describe, expect, it } from '@jest/globals';
import { defaultRetryPolicy, nextAttempt, type RetryStep } from './retry-schedule.ts';

/** Runs the schedule to its end: each attempt fails after `attemptTakesMs`, or at its timeout. */
function run(attemptTakesMs: number, random: () => number) {
  const waits: number[] = [];
  const timeouts: number[] = [];
  let elapsedMs = 0;
  for (let made = 0; ; made += 1) {
    const next: RetryStep = nextAttempt(defaultRetryPolicy, { made, elapsedMs }, random);
    if (next.step === 'give-up') return { waits, timeouts, elapsedMs, reason: next.reason };
    waits.push(next.waitMs);
    timeouts.push(next.timeoutMs);
    elapsedMs += next.waitMs + Math.min(attemptTakesMs, next.timeoutMs);
  }
}

describe('TC-06 the retry schedule', () => {
  it('TC-06 tries six times, with ceilings of 0.2, 0.4, 0.8, 1.6 and 3.2 s', () => {
    const highest = run(5, () => 1);
    expect(highest.waits).toEqual([0, 200, 400, 800, 1600, 3200]);
    expect(highest.reason).toBe('attempts-used');
    expect(run(5, () => 0).waits).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('TC-06 waits a uniform part of the ceiling (full jitter)', () => {
    for (const part of [0, 0.1, 0.25, 0.5, 0.999]) {
      const ceilings = [200, 400, 800, 1600, 3200];
      expect(run(5, () => part).waits).toEqual([0, ...ceilings.map((ceiling) => ceiling * part)]);
    }
  });

  it('TC-06 never waits longer than 6.4 s, however many attempts are allowed', () => {
    const policy = { ...defaultRetryPolicy, attempts: 100, totalMs: 10_000_000 };
    const waits = Array.from({ length: 99 }, (_, i) => nextAttempt(policy, { made: i + 1, elapsedMs: 0 }, () => 1)).map(
      (next) => (next.step === 'attempt' ? next.waitMs : -1),
    );
    expect(waits.slice(0, 7)).toEqual([200, 400, 800, 1600, 3200, 6400, 6400]);
    expect(Math.max(...waits)).toBe(6400);
  });

  it('TC-06 gives an attempt 10 s, and all together 60 s', () => {
    const hanging = run(Infinity, () => 0);
    expect(hanging.timeouts).toEqual([10_000, 10_000, 10_000, 10_000, 10_000, 10_000]);
    expect(hanging.elapsedMs).toBe(60_000);

    const hangingWithWaits = run(Infinity, () => 1);
    // 50 s of attempts and 6.2 s of waits leave 3.8 s to the last.
    expect(hangingWithWaits.timeouts).toEqual([10_000, 10_000, 10_000, 10_000, 10_000, 3800]);
    expect(hangingWithWaits.elapsedMs).toBe(60_000);
  });

  it('TC-06 is within its bounds at every point of the plane', () => {
    const wrong: unknown[] = [];
    for (let made = 0; made <= 8; made += 1) {
      for (let elapsedMs = 0; elapsedMs <= 70_000; elapsedMs += 250) {
        for (const part of [0, 0.5, 1]) {
          const next = nextAttempt(defaultRetryPolicy, { made, elapsedMs }, () => part);
          const waitMs = made === 0 ? 0 : part * 200 * 2 ** (made - 1);
          if (!isRight(next, { made, elapsedMs, waitMs })) wrong.push({ made, elapsedMs, part, next });
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

function isRight(next: RetryStep, at: { made: number; elapsedMs: number; waitMs: number }): boolean {
  if (at.made >= 6) return next.step === 'give-up' && next.reason === 'attempts-used';
  const leftMs = 60_000 - at.elapsedMs - at.waitMs;
  if (leftMs <= 0) return next.step === 'give-up' && next.reason === 'time-used';
  return next.step === 'attempt' && next.waitMs === at.waitMs && next.timeoutMs === Math.min(10_000, leftMs);
}
