import { describe, expect, it } from '@jest/globals';
import { ReadThroughCache } from './read-through-cache.ts';

const cacheOf = (limit: number) => new ReadThroughCache<string>({ limit, weigh: (value) => value.length });

describe('what was read from the store', () => {
  it('is read once, also by two at the same time', async () => {
    const cache = cacheOf(100);
    let reads = 0;
    const read = (): Promise<string> => Promise.resolve(`read ${(reads += 1)}`);
    expect(await Promise.all([cache.get('a', read), cache.get('a', read)])).toEqual(['read 1', 'read 1']);
    cache.forget('a');
    expect(await cache.get('a', read)).toBe('read 2');
  });

  it('PROMISE-6 stays within its limit; what was used last stays', async () => {
    const cache = cacheOf(10);
    cache.put('a', '1234');
    cache.put('b', '1234');
    await cache.get('a', () => Promise.reject(new Error('it is there')));
    cache.put('c', '1234');
    expect([cache.has('a'), cache.has('b'), cache.has('c'), cache.weight]).toEqual([true, false, true, 8]);
    cache.put('huge', '12345678901');
    expect([cache.has('a'), cache.has('huge'), cache.weight]).toEqual([false, false, 0]);
  });

  it('does not let a slow read overwrite what was put meanwhile', async () => {
    const cache = cacheOf(100);
    const { promise, resolve } = Promise.withResolvers<string>();
    const slow = cache.get('a', () => promise);
    cache.put('a', 'new');
    resolve('old');
    expect(await slow).toBe('old');
    expect(await cache.get('a', () => Promise.resolve('again'))).toBe('new');
    expect(cache.weight).toBe(3);
  });

  it('tries again after a read that failed', async () => {
    const cache = cacheOf(100);
    await expect(cache.get('a', () => Promise.reject(new Error('store away')))).rejects.toThrow('store away');
    expect(cache.has('a')).toBe(false);
    expect(await cache.get('a', () => Promise.resolve('there'))).toBe('there');
  });
});
