import { connectRedis, JobQueue, writeQueue } from '@uns/delivery';
import { eventually, testRedis } from '@uns/local-servers/testing';
import { markDirty } from '@uns/metadata-store';
import { silentLogger } from '@uns/service';
import { describe, expect, it } from '@jest/globals';
import { cdcHarness } from '../testing/cdc-harness.ts';

describe('while Canary is away', () => {
  it('PROMISE-6 Redis stays under its bound whatever the pods, and the backlog is one row for each changed metric', async () => {
    await using cdc = await cdcHarness();
    await using redis = await testRedis();
    const client = await connectRedis(redis.url, () => undefined);
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.defer(() => client.disconnect());
    const { sql } = cdc.store;
    await sql`
      insert into uns_meta.metrics (device_id, name, uns_path, datatype)
      select 1, 'm' || i, 'g/e/d/m' || i, 9 from generate_series(1, 3000) as i`;
    await sql`
      insert into uns_meta.metric_properties (metric_id, key, type, int_value)
      select metric_id, 'rev', 'int', 0 from uns_meta.metrics`;
    const ids = (await sql<{ id: string }[]>`select metric_id as id from uns_meta.metrics`).map((row) => row.id);

    // Three pods, each with room for more than all may have together in one claim; nobody takes a job.
    const highWaterJobs = 20;
    let most = 0;
    for (let pod = 0; pod < 3; pod += 1) {
      const queue = new JobQueue(writeQueue, { redis: client, prefix: 'uns', logger: silentLogger });
      cleanUp.defer(() => queue.close());
      cdc.run(
        cdc.flusher({
          sql: cdc.store.connect(),
          highWaterJobs,
          limits: { maxTags: 10, maxBytes: 900_000 },
          claimLimit: 1000,
          pollMs: 1,
          queue: {
            depth: () => queue.backlog(),
            add: async (jobs) => {
              await queue.add(jobs);
              most = Math.max(most, await queue.backlog());
            },
          },
        }),
      );
    }
    const queue = new JobQueue(writeQueue, { redis: client, prefix: 'uns', logger: silentLogger });
    cleanUp.defer(() => queue.close());
    // Births change everything again and again, as for a day.
    for (let birth = 1; birth <= 10; birth += 1) {
      await sql`update uns_meta.metric_properties set int_value = ${birth}`;
      await markDirty(sql, ids, { debounceSeconds: 0, maxWaitSeconds: 0 });
      await eventually(async () => expect(await queue.backlog()).toBe(highWaterJobs));
    }
    expect(most).toBe(highWaterJobs);
    const [state] = await sql<{ rows: number; due: number; flying: number; waiting: number }[]>`
      select count(*)::int as rows, count(*) filter (where dirty_since is not null)::int as due,
        count(*) filter (where delivery_id is not null)::int as flying,
        count(*) filter (where dirty_since is not null and delivery_id is null)::int as waiting
      from uns_meta.metric_sync`;
    expect(state).toEqual({ rows: 3000, due: 3000, flying: 200, waiting: 2800 });
  }, 60_000);
});
