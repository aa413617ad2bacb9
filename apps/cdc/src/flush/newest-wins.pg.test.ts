import { eventually } from '@uns/local-servers/testing';
import { markDueNow, releaseLost } from '@uns/metadata-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WriteJob } from '@uns/uns';
import { cdcHarness, type CdcHarness } from '../testing/cdc-harness.ts';
import { deferredReceipt, deliveredReceipt, HistorianModel } from '../testing/historian-model.ts';

const lossPolicy = { baseSeconds: 10, capSeconds: 900, deadAfter: 5 };

describe('what Canary ends with, as it drops what is not newer than what it has', () => {
  let cdc: CdcHarness;
  let canary: HistorianModel;

  beforeEach(async () => {
    cdc = await cdcHarness();
    canary = new HistorianModel();
    cdc.run(cdc.flusher());
  });
  afterEach(() => cdc[Symbol.asyncDispose]());

  const nextJob = async (...metricIds: string[]): Promise<WriteJob> => {
    await markDueNow(cdc.store.sql, metricIds);
    return cdc.nextJob();
  };
  const deliver = async (job: WriteJob): Promise<void> => {
    canary.write(job);
    await cdc.record(deliveredReceipt(job));
  };
  const lose = (job: WriteJob) =>
    releaseLost(cdc.store.sql, [{ deliveryId: job.deliveryId, how: 'vanished', detail: '' }], lossPolicy);
  /** Two devices' worth of confidence: nothing further is to be delivered. */
  const settled = () =>
    eventually(async () => {
      const rows = await cdc.store.sql`
        select 1 from uns_meta.metric_sync where dirty_since is not null or delivery_id is not null`;
      expect(rows).toHaveLength(0);
      expect(cdc.jobs).toEqual([]);
    });

  it.each([
    ['vanished from Redis', lose],
    ['was not answered', (job: WriteJob) => cdc.record(deferredReceipt(job, 'ATTEMPTS_EXHAUSTED'))],
  ])(
    'PROMISE-2 ends with the value of before, when a delivery that was applied %s and the change is taken back',
    async (_how, end) => {
      const id = await cdc.addMetric('a', { unit: 'bar', tooltip: 'x' });
      await deliver(await nextJob(id));
      await cdc.setUnit(id, 'mbar');
      const unanswered = await nextJob(id);
      canary.write(unanswered);
      await cdc.setUnit(id, 'bar');
      await end(unanswered);
      await deliver(await nextJob(id));
      expect(canary.tag('g.e.d.a')).toEqual({ unit: 'bar', tooltip: 'x' });
      expect(canary.dropped).toBe(0);
      await settled();
    },
  );

  it('PROMISE-2 blanks a property that came with a delivery without an answer and is gone', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar' });
    await deliver(await nextJob(id));
    await cdc.store
      .sql`insert into uns_meta.metric_properties (metric_id, key, type, string_value) values (${id}, 'came', 'string', 'x')`;
    const lost = await nextJob(id);
    canary.write(lost);
    await cdc.store.sql`delete from uns_meta.metric_properties where metric_id = ${id} and key = 'came'`;
    await lose(lost);
    await deliver(await nextJob(id));
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'bar', came: '' });
    await settled();
  });

  it('PROMISE-3 writes a delivery that is made again with the same times: Canary stores each value once', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar', tooltip: 'x' });
    const lost = await nextJob(id);
    canary.write(lost);
    await lose(lost);
    const again = await nextJob(id);
    expect(again.tags).toEqual(lost.tags);
    await deliver(again);
    expect(canary.points).toBe(2);
  });

  it('PROMISE-3 stores nothing twice, when the delivery of a repair was applied and not answered', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar', tooltip: 'x' });
    await deliver(await nextJob(id));
    await cdc.setUnit(id, 'mbar');
    await cdc.reconciler().repairDoubt(AbortSignal.timeout(10_000), { why: 'a slot was lost', inDoubt: 'changes' });
    const unanswered = await nextJob(id);
    canary.write(unanswered);
    await cdc.record(deferredReceipt(unanswered, 'ATTEMPTS_EXHAUSTED'));
    await deliver(await nextJob(id));
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'mbar', tooltip: 'x' });
    expect([canary.points, canary.dropped]).toEqual([3, 0]);
  });

  it('PROMISE-3 gives what is in flight when the slot is lost no new times', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar', tooltip: 'x' });
    await deliver(await nextJob(id));
    await cdc.setUnit(id, 'mbar');
    const inFlight = await nextJob(id);
    canary.write(inFlight);
    await cdc.reconciler().repairDoubt(AbortSignal.timeout(10_000), { why: 'a slot was lost', inDoubt: 'changes' });
    await cdc.record(deferredReceipt(inFlight, 'ATTEMPTS_EXHAUSTED'));
    await deliver(await nextJob(id));
    expect([canary.points, canary.dropped]).toEqual([3, 0]);
  });

  it('PROMISE-2 gives each of two metrics that swap their paths what the other one had, though its values are older', async () => {
    const [a, b] = [await cdc.addMetric('a', { unit: 'of a' }), await cdc.addMetric('b', { unit: 'of b' })];
    await deliver(await nextJob(a, b));
    await cdc.store.sql`
      update uns_meta.metrics set uns_path = case metric_id when ${a} then 'g/e/d/b' else 'g/e/d/a' end
      where metric_id in (${a}, ${b})`;
    await deliver(await nextJob(a, b));
    expect([canary.tag('g.e.d.a'), canary.tag('g.e.d.b')]).toEqual([{ unit: 'of b' }, { unit: 'of a' }]);
    expect(canary.dropped).toBe(0);
  });

  it('PROMISE-2 overwrites what a store that went back in time no longer knows of, and as often as it is tried with the same times', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar' });
    await deliver(await nextJob(id));
    const [later] = await cdc.store.sql<{ at: string }[]>`
      select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"') as at`;
    canary.put('g.e.d.a', 'unit', later?.at ?? '', 'delivered after the backup');
    await cdc.reconciler().repairDoubt(AbortSignal.timeout(10_000), { why: 'restored', inDoubt: 'store' });
    const lost = await nextJob(id);
    canary.write(lost);
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'bar' });
    await lose(lost);
    const again = await nextJob(id);
    expect(again.tags[0]?.properties).toEqual(lost.tags[0]?.properties);
    await deliver(again);
    expect([canary.points, canary.dropped]).toEqual([3, 0]);
    // The next change has its own time again.
    await cdc.setUnit(id, 'mbar');
    const [change] = await cdc.store.sql<{ at: string }[]>`
      select to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"') as at from uns_meta.metric_properties`;
    expect((await nextJob(id)).tags[0]?.properties).toEqual([['unit', change?.at, 'mbar']]);
  });

  it('PROMISE-2 overwrites what a tag in another dataset held from before', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar' });
    const job = await nextJob(id);
    const [later] = await cdc.store.sql<{ at: string }[]>`
      select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"') as at`;
    canary.put('g.e.d.a', 'unit', later?.at ?? '', 'of before');
    await cdc.record(deferredReceipt(job, 'TAG_MOVED'));
    await deliver(await nextJob(id));
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'bar' });
  });

  it('PROMISE-2 writes a repair as of now: whoever wrote the wrong value wrote it after the change', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar' });
    await deliver(await nextJob(id));
    await cdc.setUnit(id, 'mbar');
    const [later] = await cdc.store.sql<{ at: string }[]>`
      select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"') as at`;
    canary.put('g.e.d.a', 'unit', later?.at ?? '', 'by somebody');
    // Nobody marked it: a change that the stream missed.
    await cdc.reconciler().repairDoubt(AbortSignal.timeout(10_000), { why: 'a slot was lost', inDoubt: 'changes' });
    await deliver(await nextJob(id));
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'mbar' });
  });
});
