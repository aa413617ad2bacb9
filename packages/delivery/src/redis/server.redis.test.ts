import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolveRedis } from '@uns/local-servers';
import { eventually } from '@uns/local-servers/testing';
import { connectRedis } from './connections.ts';
import { assertNoEviction, EvictionPolicyError, readRunId } from './server.ts';

describe('the Redis server', () => {
  it('is refused when it may evict jobs, and has another run id after a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'uns-redis-'));
    await using server = await resolveRedis({ own: true, dataDir });
    const redis = await connectRedis(server.url, () => undefined);
    using _ = { [Symbol.dispose]: () => redis.disconnect() };
    await assertNoEviction(redis);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(assertNoEviction(redis)).rejects.toThrow(EvictionPolicyError);

    const before = await readRunId(redis);
    expect(before).toMatch(/^[0-9a-f]{40}$/);
    await server.restart({ keepData: true });
    expect(await eventually(() => readRunId(redis))).not.toBe(before);
  });

  it('is waited for, but not for ever', async () => {
    const connecting = connectRedis('redis://user:hidden@127.0.0.1:1', () => undefined, { withinMs: 200 });
    await expect(connecting).rejects.toThrow(
      /^no connection to Redis at 127\.0\.0\.1:1 within 200 ms: connect ECONNREFUSED/,
    );
  });
});
