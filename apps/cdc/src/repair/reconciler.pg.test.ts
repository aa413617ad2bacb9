import { eventually } from '@uns/local-servers/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cdcHarness, type CdcHarness } from '../testing/cdc-harness.ts';

describe('the hourly comparison', () => {
  let cdc: CdcHarness;
  beforeEach(async () => {
    cdc = await cdcHarness();
  });
  afterEach(() => cdc[Symbol.asyncDispose]());

  const repairs = async (): Promise<number> => {
    const { values } = await cdc.metrics.reconcileRepairs.get();
    return values.find(({ labels }) => labels.cause === 'scheduled')?.value ?? -1;
  };

  it('does not take a change that is on its way through the stream for one that was missed', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar' });
    const replicator = cdc.replicator({ debounce: { debounceSeconds: 60, maxWaitSeconds: 60 } });
    cdc.run(replicator);
    await eventually(() => expect(replicator.state).toBe('streaming'));
    await cdc.store.sql`delete from uns_meta.metric_sync`;
    // The recorder waits for the position: the change is committed and seen, and not recorded.
    const held = Promise.withResolvers<void>();
    const holding = cdc.store.connect().begin(async (tx) => {
      await tx`select from uns_meta.cdc_progress for update`;
      await cdc.store.sql`update uns_meta.metric_properties set string_value = 'mbar' where metric_id = ${a}`;
      await held.promise;
    });
    await eventually(async () => {
      const waiting = await cdc.store.sql`
        select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%cdc_progress%' and datname = current_database()`;
      expect(waiting.length).toBeGreaterThan(0);
    });
    const comparing = cdc.reconciler().repairMissed(AbortSignal.timeout(10_000));
    // It has searched: it waits for its message to come through the stream.
    await eventually(async () => {
      const asked = await cdc.store.sql`
        select 1 from pg_stat_activity where query like '%recorded_lsn::text%' and datname = current_database()`;
      expect(asked.length).toBeGreaterThan(0);
    });
    expect(await repairs()).toBe(0);
    held.resolve();
    await holding;
    await comparing;
    expect(await cdc.dirtyIds()).toEqual([a]);
    expect(await repairs()).toBe(0);
  });

  it('PROMISE-1 finds what nobody marked, and counts it as a fault', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar' });
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await eventually(() => expect(replicator.state).toBe('streaming'));
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
    await cdc.store.sql`delete from uns_meta.metric_sync`;
    await cdc.reconciler().repairMissed(AbortSignal.timeout(10_000));
    expect(await cdc.dirtyIds()).toEqual([a]);
    expect(await repairs()).toBe(1);
  });

  it('says that it cannot tell while nobody reads the stream', async () => {
    await cdc.addMetric('a', { unit: 'bar' });
    await expect(cdc.reconciler({ caughtUpWithinMs: 200 }).repairMissed(AbortSignal.timeout(10_000))).rejects.toThrow(
      /has not recorded .* within 200 ms/,
    );
    expect(await cdc.dirtyIds()).toEqual([]);
  });
});
