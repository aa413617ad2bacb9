import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveRedis } from '@uns/local-servers';
import { eventually, testRedis } from '@uns/local-servers/testing';
import { connectRedis } from '@uns/delivery';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answeringWriter } from './testing/answering-writer.ts';
import { cdcHarness, type CdcHarness } from './testing/cdc-harness.ts';
import { CdcProcess } from './testing/cdc-process.ts';

const patience = { timeoutMs: 30_000 };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('cdc and its Redis', () => {
  let store: CdcHarness;

  beforeEach(async () => {
    store = await cdcHarness();
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const pending = async (): Promise<number> => {
    const rows = await store.store.sql`
      select 1 from uns_meta.metric_sync where dirty_since is not null or delivery_id is not null or failed_at is not null`;
    return rows.length;
  };

  it('PROMISE-1 records changes while there is no Redis, says what it lacks, and delivers when there is one', async () => {
    const port = await freePort();
    const redisUrl = `redis://127.0.0.1:${port}`;
    await using cdc = new CdcProcess({ postgresUrl: store.store.url, redisUrl, slot: store.slot });
    await eventually(async () => {
      const { ok, checks } = await cdc.ready();
      expect({ ok, redis: checks['redis'] }).toEqual({ ok: false, redis: { ok: false, detail: 'not there yet' } });
      expect(checks['replication']?.detail).toMatch(/^streaming/);
    }, patience);
    await store.addMetric('a', { unit: 'bar' });
    await eventually(async () => expect(await pending()).toBe(1));
    // The log of the server is not held back: the position moves on.
    const [held] = await store.store.sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
    await eventually(async () => {
      const rows = await store.store.sql`
        select 1 from pg_replication_slots where slot_name = ${store.slot} and confirmed_flush_lsn > ${held?.lsn ?? ''}::pg_lsn`;
      expect(rows).toHaveLength(1);
    }, patience);

    await using redis = await resolveRedis({ own: true, port, dataDir: await mkdtemp(join(tmpdir(), 'uns-redis-')) });
    await using writer = await answeringWriter(redis.url);
    await eventually(async () => {
      expect(writer.canary.tag('g.e.d.a')).toEqual({ unit: 'bar' });
      expect(await pending()).toBe(0);
      expect((await cdc.ready()).ok).toBe(true);
    }, patience);
  }, 60_000);

  it('ends with a message when Redis may evict jobs, and releases the slot', async () => {
    await using redis = await resolveRedis({ own: true, dataDir: await mkdtemp(join(tmpdir(), 'uns-redis-')) });
    const client = await connectRedis(redis.url, () => undefined);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    client.disconnect();
    await using cdc = new CdcProcess({ postgresUrl: store.store.url, redisUrl: redis.url, slot: store.slot });
    expect(await cdc.exit).toBe('78');
    expect(cdc.log.some((line) => line.includes('"stopped"'))).toBe(true);
  }, 60_000);

  it('PROMISE-1 makes jobs again that were waiting and in hand when Redis was emptied, and PROMISE-3 delivers each value once', async () => {
    await using redis = await testRedis();
    let open = Promise.withResolvers<void>();
    await using writer = await answeringWriter(redis.url, () => open.promise);
    await using cdc = new CdcProcess({
      postgresUrl: store.store.url,
      redisUrl: redis.url,
      slot: store.slot,
      env: { CDC_MAX_TAGS_PER_JOB: '1' },
    });
    await eventually(async () => expect((await cdc.ready()).ok).toBe(true), patience);
    const names = Array.from({ length: 12 }, (_, i) => `m${i}`);
    for (const name of names) await store.addMetric(name, { unit: name });
    const client = await connectRedis(redis.url, () => undefined);
    await eventually(async () => {
      expect(writer.active()).toBe(4);
      expect((await writer.writes.depth()).waiting).toBe(8);
    }, patience);
    await client.flushdb();
    client.disconnect();
    // Those in hand finish after that; their receipts count or do not.
    open.resolve();
    await eventually(async () => {
      expect(names.map((name) => writer.canary.tag(`g.e.d.${name}`))).toEqual(names.map((name) => ({ unit: name })));
      expect(await pending()).toBe(0);
    }, patience);
    expect([writer.canary.points, writer.canary.dropped]).toEqual([12, 0]);
  }, 60_000);
});
