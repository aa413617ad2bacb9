import { describe, expect, it } from '@jest/globals';
import { Waiters } from './waiters.ts';

describe('Waiters', () => {
  it('lets the first come go first', async () => {
    const waiters = new Waiters<string>();
    const order: string[] = [];
    const all = ['a', 'b', 'c'].map((name, i) =>
      waiters.join(i, undefined).then((slot) => order.push(`${name} ${slot}`)),
    );
    expect(['1', '2', '3', '4'].map((slot) => waiters.release(slot))).toEqual([0, 1, 2, undefined]);
    await Promise.all(all);
    expect(order).toEqual(['a 1', 'b 2', 'c 3']);
  });

  it('lets one give up in the middle without using up a turn', async () => {
    const waiters = new Waiters<string>();
    const stop = new AbortController();
    const first = waiters.join(1, undefined);
    const quitter = waiters.join(2, stop.signal);
    const third = waiters.join(3, undefined);
    stop.abort(new Error('stopped'));
    await expect(quitter).rejects.toThrow('stopped');
    expect(waiters.size).toBe(2);
    expect(['1', '2'].map((slot) => waiters.release(slot))).toEqual([1, 3]);
    await Promise.all([first, third]);
  });

  it('takes nobody whose signal is aborted already', () => {
    const waiters = new Waiters<string>();
    expect(() => waiters.join(1, AbortSignal.abort(new Error('stopped')))).toThrow('stopped');
    expect(waiters.size).toBe(0);
  });
});
