import { describe, expect, it } from '@jest/globals';
import { cappedBackoff, fullJitter } from './backoff.ts';
import { DeadlineExceededError, withDeadline } from './deadline.ts';
import { silentLogger } from './logger.ts';
import { persist } from './persist.ts';
import { sleep } from './sleep.ts';

describe('backoff', () => {
  it('TC-06 grows by powers of two to the cap, with full or equal jitter', () => {
    const ceilings = Array.from({ length: 8 }, (_, attempt) =>
      fullJitter({ attempt, baseMs: 200, capMs: 6400, random: () => 1 }),
    );
    expect(ceilings).toEqual([200, 400, 800, 1600, 3200, 6400, 6400, 6400]);
    expect(fullJitter({ attempt: 5, baseMs: 200, capMs: 6400, random: () => 0 })).toBe(0);
    expect(cappedBackoff({ attempt: 1, baseMs: 200, capMs: 6400, random: () => 0 })).toBe(200);
    expect(cappedBackoff({ attempt: 2000, baseMs: 200, capMs: 6400, random: () => 1 })).toBe(6400);
  });
});

describe('waiting', () => {
  it('ends at once when aborted, with the reason', async () => {
    const stop = new AbortController();
    const waiting = sleep(1e6, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });

  it('gives a call up at its deadline, also one that does not listen', async () => {
    const signals: AbortSignal[] = [];
    const call = withDeadline(5, undefined, (signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    await expect(call).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('passes on what a call gives, what it throws, and the reason of the outer signal', async () => {
    await expect(withDeadline(1e6, undefined, () => Promise.resolve(1))).resolves.toBe(1);
    await expect(withDeadline(1e6, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const stop = new AbortController();
    const call = withDeadline(1e6, stop.signal, () => new Promise(() => undefined));
    stop.abort(new Error('stopped'));
    await expect(call).rejects.toThrow('stopped');
  });

  it('tries again what a service needs to start, unless it can never work', async () => {
    let attempts = 0;
    const attempt = () => {
      attempts += 1;
      return attempts < 2 ? Promise.reject(new Error('away')) : Promise.resolve('there');
    };
    const signal = new AbortController().signal;
    await expect(persist({ what: 'It', attempt, signal, logger: silentLogger })).resolves.toBe('there');
    const never = persist({
      what: 'It',
      attempt: () => Promise.reject(new Error('wrong')),
      fatal: () => true,
      signal,
      logger: silentLogger,
    });
    await expect(never).rejects.toThrow('wrong');
  });
});
