import { eventually, testRedis, type TestRedis } from '@uns/local-servers/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answeringWriter, type AnsweringWriter } from './testing/answering-writer.ts';
import { cdcHarness, type CdcHarness } from './testing/cdc-harness.ts';
import { CdcProcess } from './testing/cdc-process.ts';

const patience = { timeoutMs: 30_000 };

describe('cdc as a process, killed where it hurts', () => {
  let store: CdcHarness;
  let redis: TestRedis;
  let writer: AnsweringWriter;
  /** In good health, between the deaths of others. */
  let cdc: CdcProcess;

  beforeAll(async () => {
    store = await cdcHarness();
    redis = await testRedis();
    writer = await answeringWriter(redis.url);
    cdc = start();
  });
  afterAll(async () => {
    await cdc[Symbol.asyncDispose]();
    await writer[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });

  const start = (dieAt?: string) =>
    new CdcProcess({
      postgresUrl: store.store.url,
      redisUrl: redis.url,
      slot: store.slot,
      ...(dieAt === undefined ? {} : { dieAt }),
    });
  const untilReady = (one: CdcProcess) =>
    eventually(async () => expect((await one.ready()).checks['replication']?.detail).toMatch(/^streaming/), patience);
  const setUnit = (id: string, value: string) => store.store.sql`
    update uns_meta.metric_properties set string_value = ${value} where metric_id = ${id} and key = 'unit'`;

  it.each(['received', 'recorded', 'acknowledged', 'claimed', 'enqueued', 'delivered', 'receipt recorded'])(
    'PROMISE-1 PROMISE-2 PROMISE-3 delivers the change during which it was killed at "%s", and the next one, each once',
    async (boundary) => {
      const name = boundary.replace(' ', '-');
      const id = await store.addMetric(name, { unit: 'before' });
      await untilReady(cdc);
      await eventually(async () => {
        expect(writer.canary.tag(`g.e.d.${name}`)).toEqual({ unit: 'before' });
        const pending = await store.store.sql`
          select 1 from uns_meta.metric_sync where dirty_since is not null or delivery_id is not null`;
        expect(pending).toHaveLength(0);
      }, patience);
      await cdc[Symbol.asyncDispose]();
      const points = writer.canary.points;
      const dying = start(boundary);
      await untilReady(dying);
      await setUnit(id, 'at its death');
      expect(await dying.exit).toBe('SIGKILL');
      const died = writer.canary.points;
      await setUnit(id, 'after its death');
      cdc = start();
      await eventually(async () => {
        expect(writer.canary.tag(`g.e.d.${name}`)).toEqual({ unit: 'after its death' });
        const pending = await store.store.sql`
          select 1 from uns_meta.metric_sync where dirty_since is not null or delivery_id is not null or failed_at is not null`;
        expect(pending).toHaveLength(0);
      }, patience);
      // One for each of the two values at most, whatever was repeated; and nothing that Canary had to drop.
      expect(writer.canary.points).toBe(died + 1);
      expect(died - points).toBeLessThanOrEqual(1);
      expect(writer.canary.dropped).toBe(0);
    },
    60_000,
  );

  it('PROMISE-1 loses no commit of eight writers while it is killed again and again', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 24; i += 1) ids.push(await store.addMetric(`w${i}`, { unit: 'before' }));
    const writers = Array.from({ length: 8 }, () => store.store.connect());
    const stopped = new AbortController();
    const writes = writers.map(async (sql, w) => {
      // Each keeps committing, side by side with the others, for as long as cdc keeps dying.
      for (let i = 0; !stopped.signal.aborted; i += 1) {
        await sql`
          update uns_meta.metric_properties set string_value = ${`${w} ${i}`}
          where metric_id = ${ids[(w * 3 + i) % 24] ?? ''} and key = 'unit'`;
      }
    });
    for (let round = 0; round < 3; round += 1) {
      await untilReady(cdc);
      await cdc[Symbol.asyncDispose]();
      cdc = start();
    }
    await untilReady(cdc);
    stopped.abort(new Error('enough'));
    await Promise.all(writes);
    await eventually(async () => {
      const rows = await store.store.sql<{ tag: string; unit: string }[]>`
        select m.canary_id as tag, p.string_value as unit
        from uns_meta.metrics m join uns_meta.metric_properties p using (metric_id)
        where p.key = 'unit' and m.name like 'w%'`;
      expect(rows).toHaveLength(24);
      for (const { tag, unit } of rows) expect(writer.canary.tag(tag)).toEqual({ unit });
    }, patience);
    expect(writer.canary.dropped).toBe(0);
    // The stream alone has done it: the hourly comparison would find nothing.
    await eventually(async () => {
      const left = await store.store.sql`
        select 1 from uns_meta.metric_sync where dirty_since is not null or delivery_id is not null`;
      expect(left).toHaveLength(0);
    }, patience);
  }, 90_000);
});
