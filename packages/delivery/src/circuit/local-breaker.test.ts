import { describe, expect, it } from '@jest/globals';
import { LocalBreaker, type Verdict } from './local-breaker.ts';

function breaker(consecutiveFailures = 3) {
  const seen: Verdict[] = [];
  const local = new LocalBreaker({ consecutiveFailures, onVerdict: (verdict) => seen.push(verdict) });
  const fire = (verdict: Verdict) =>
    local.fire(
      () => Promise.resolve(verdict),
      (result) => result,
    );
  return { local, fire, seen, [Symbol.dispose]: () => local.shutdown() };
}

describe('TC-22 LocalBreaker', () => {
  it('TC-22 opens with the last of so many failures in a row, and calls no more', async () => {
    using b = breaker();
    await b.fire('failure');
    await b.fire('server-error');
    expect(b.local.opened).toBe(false);
    expect(await b.fire('failure')).toEqual({ fired: true, result: 'failure', verdict: 'failure' });
    expect([b.local.opened, b.local.tripped]).toEqual([true, true]);
    expect(await b.fire('success')).toEqual({ fired: false });
    expect(b.seen).toEqual(['failure', 'server-error', 'failure']);
  });

  it('TC-22 starts counting anew after a success, not after an answer that says nothing or a call given up', async () => {
    using b = breaker();
    for (const verdict of ['failure', 'failure', 'success', 'failure', 'failure', 'neutral'] as const) {
      await b.fire(verdict);
    }
    await expect(
      b.local.fire(
        () => Promise.reject(new Error('stopped')),
        () => 'success',
      ),
    ).rejects.toThrow('stopped');
    expect(b.local.opened).toBe(false);
    await b.fire('failure');
    expect(b.local.opened).toBe(true);
  });

  it('TC-22 does not open by a share of failures, nor by calls that hang longer than a window', async () => {
    using b = breaker(1000);
    for (let i = 0; i < 500; i += 1) await b.fire('failure');
    expect(b.local.opened).toBe(false);
  });

  it('TC-22 forgets failures when the fleet closes it', async () => {
    using b = breaker();
    await b.fire('failure');
    await b.fire('failure');
    b.local.open();
    expect([b.local.opened, b.local.tripped]).toEqual([true, false]);
    b.local.close();
    await b.fire('failure');
    expect(b.local.opened).toBe(false);
  });
});
