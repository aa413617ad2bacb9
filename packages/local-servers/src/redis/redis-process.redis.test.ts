import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { commandLineOf } from '../process/command-line.ts';
import { resolveRedis, type ResolveRedisOptions } from './resolve-redis.ts';
import type { LocalRedis } from './local-redis.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uns-redis-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function ownRedis(name: string, options: Partial<ResolveRedisOptions> = {}): Promise<LocalRedis> {
  return await resolveRedis({ dataDir: join(folder, name), own: true, ...options });
}

async function command<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null });
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

const set = async (url: string): Promise<unknown> => await command(url, async (redis) => await redis.set('a', '1'));
const get = async (url: string): Promise<unknown> => await command(url, async (redis) => await redis.get('a'));

describe('a Redis of our own', () => {
  it('evicts nothing and writes no snapshots by itself', async () => {
    await using redis = await ownRedis('settings', { databases: 20 });
    const config = await command(redis.url, async (client) => await client.config('GET', '*'));
    expect(config).toEqual(expect.arrayContaining(['maxmemory-policy', 'noeviction', 'save', '', 'databases', '20']));
  });

  it('restarts on its port with its data, or without', async () => {
    await using redis = await ownRedis('restarts');
    await set(redis.url);
    await redis.restart({ keepData: true });
    expect(await get(redis.url)).toBe('1');
    await redis.kill();
    await redis.restart({ keepData: true });
    expect(await get(redis.url)).toBeNull();
    await set(redis.url);
    await redis.restart({ keepData: false });
    expect(await get(redis.url)).toBeNull();
  });

  it('keeps what it has acknowledged over a kill when it appends to a file', async () => {
    await using redis = await ownRedis('append', { appendOnly: true });
    await set(redis.url);
    await redis.kill();
    await redis.restart({ keepData: true });
    expect(await get(redis.url)).toBe('1');
    await redis.restart({ keepData: false });
    expect(await get(redis.url)).toBeNull();
  });

  it('removes its data when stopped', async () => {
    const redis = await ownRedis('removed', { appendOnly: true });
    await redis.stop();
    await expect(stat(join(folder, 'removed'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('takes the place of one that a killed process left on the same data', async () => {
    await using left = await ownRedis('leftover', { keepData: true });
    const owner = join(folder, 'leftover', 'local-servers.owner');
    await writeFile(owner, JSON.stringify({ pid: process.ppid, command: await commandLineOf(process.ppid) }));
    await expect(ownRedis('leftover')).rejects.toThrow(`is in use by process ${process.ppid}`);

    await writeFile(owner, JSON.stringify({ pid: process.ppid, command: 'an earlier process of that pid' }));
    await using redis = await ownRedis('leftover');
    expect(await commandLineOf(left.pid ?? 0)).toBeUndefined();
    expect(await get(redis.url)).toBeNull();
  });
});
