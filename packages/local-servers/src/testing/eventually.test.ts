import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('returns the result of the first attempt that does not throw', async () => {
    let attempts = 0;
    const result = await eventually(
      () => {
        attempts += 1;
        if (attempts < 3) throw new Error('not yet');
        return attempts;
      },
      { intervalMs: 1 },
    );
    expect(result).toBe(3);
  });

  it('gives up with the last error and the time waited', async () => {
    const never = eventually(() => expect(1).toBe(2), { timeoutMs: 40, intervalMs: 5 });
    await expect(never).rejects.toThrow(/^Still failing after \d+ ms: .*Object\.is equality/s);
  });
});
