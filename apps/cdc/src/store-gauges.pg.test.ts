import { eventually } from '@uns/local-servers/testing';
import { describe, expect, it } from '@jest/globals';
import { silentLogger, systemClock } from '@uns/service';
import { cdcHarness } from './testing/cdc-harness.ts';
import { StoreGauges } from './store-gauges.ts';

describe('the figures of the store', () => {
  it('OBS-01 become unknown when the store cannot be read, and say when they were read last', async () => {
    await using cdc = await cdcHarness();
    const sql = cdc.store.connect();
    await cdc.addMetric('a');
    await cdc.store
      .sql`insert into uns_meta.metric_sync (metric_id, dirty_since, due_at) select metric_id, now(), now() from uns_meta.metrics`;
    cdc.run(
      new StoreGauges({
        sql,
        slot: cdc.slot,
        replicator: { heartbeatMs: 0 },
        metrics: cdc.metrics,
        clock: systemClock,
        logger: silentLogger,
        everyMs: 20,
      }),
    );
    const dirty = async (): Promise<number | undefined> =>
      (await cdc.metrics.backlog.get()).values.find(({ labels }) => labels.state === 'dirty')?.value;
    const readAt = async (): Promise<number> => (await cdc.metrics.storeReadAt.get()).values[0]?.value ?? 0;
    await eventually(async () => expect(await dirty()).toBe(1));
    await sql.end();
    await eventually(async () => expect(await dirty()).toBeNaN());
    expect((await cdc.metrics.oldestPendingSeconds.get()).values[0]?.value).toBeNaN();
    const last = await readAt();
    expect(last).toBeGreaterThan(Date.now() / 1000 - 60);
    await eventually(() => expect(Date.now() / 1000).toBeGreaterThan(last + 0.1));
    expect(await readAt()).toBe(last);
  });
});
