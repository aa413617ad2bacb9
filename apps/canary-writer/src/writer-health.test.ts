import { describe, expect, it } from '@jest/globals';
import { Progress } from './writer-health.ts';

describe('Progress', () => {
  it('OBS-03 asks for a restart only when jobs are in hand and nothing has moved for five minutes', () => {
    let now = 0;
    const progress = new Progress({ now: () => now, monotonic: () => now });
    now = 10 * 60_000;
    expect(progress.check(0).ok).toBe(true);
    expect(progress.check(1)).toEqual({ ok: false, detail: '1 jobs in hand, last progress 600 s ago' });
    progress.made();
    expect(progress.check(1).ok).toBe(true);
    now += 299_000;
    expect(progress.check(1).ok).toBe(true);
    now += 2000;
    expect(progress.check(1).ok).toBe(false);
  });
});
