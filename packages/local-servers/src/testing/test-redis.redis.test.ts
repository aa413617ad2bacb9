import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { testRedis } from './test-redis.ts';

async function command<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

describe('testRedis', () => {
  it('gives each its own database, also to those who ask at the same time', async () => {
    await using given = new AsyncDisposableStack();
    const all = await Promise.all(Array.from({ length: 20 }, testRedis));
    for (const one of all) given.use(one);
    expect(new Set(all.map(({ database }) => database)).size).toBe(20);
    expect(all.map(({ database }) => database)).not.toContain(0);
    await command(all[0]?.url ?? '', async (redis) => await redis.set('a', 1));
    expect(await command(all[1]?.url ?? '', async (redis) => await redis.dbsize())).toBe(0);
  });

  it('returns a database empty', async () => {
    const url = await (async () => {
      await using redis = await testRedis();
      await command(redis.url, async (client) => await client.set('a', 1));
      return redis.url;
    })();
    expect(await command(url, async (redis) => await redis.dbsize())).toBe(0);
  });
});
