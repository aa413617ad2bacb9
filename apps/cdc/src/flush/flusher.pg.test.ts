import { eventually } from '@uns/local-servers/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WriteJob, WriteTag } from '@uns/uns';
import { cdcHarness, type CdcHarness } from '../testing/cdc-harness.ts';
import { deliveredReceipt } from '../testing/historian-model.ts';

describe('from a change to a write job', () => {
  let cdc: CdcHarness;

  beforeEach(async () => {
    cdc = await cdcHarness();
  });
  afterEach(() => cdc[Symbol.asyncDispose]());

  const start = async (debounceSeconds = 0): Promise<void> => {
    const replicator = cdc.replicator({ debounce: { debounceSeconds, maxWaitSeconds: debounceSeconds * 10 } });
    cdc.run(replicator);
    await eventually(() => expect(replicator.state).toBe('streaming'));
    cdc.run(cdc.flusher());
  };
  const deliver = (job: WriteJob) => cdc.record(deliveredReceipt(job));
  const written = (tag: WriteTag | undefined): Record<string, unknown> =>
    Object.fromEntries((tag?.properties ?? []).map(([name, , value]) => [name, value]));

  it('TC-16 makes a diff of exactly what changed: a property, a removal, a rename, and both at once', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar', tooltip: 'x' });
    await start();
    const first = await cdc.nextJob();
    expect(first.tags).toMatchObject([{ metricId: id, canaryId: 'g.e.d.a', deliveredTag: null, removed: [] }]);
    expect(written(first.tags[0])).toEqual({ unit: 'bar', tooltip: 'x' });
    await deliver(first);

    await cdc.setUnit(id, 'mbar');
    const change = await cdc.nextJob();
    expect(written(change.tags[0])).toEqual({ unit: 'mbar' });
    expect(change.tags[0]?.deliveredTag).toBe('g.e.d.a');
    await deliver(change);

    await cdc.store.sql`delete from uns_meta.metric_properties where metric_id = ${id} and key = 'tooltip'`;
    const removal = await cdc.nextJob();
    expect(removal.tags[0]).toMatchObject({ properties: [['tooltip', expect.any(String), '']], removed: ['tooltip'] });
    await deliver(removal);

    await cdc.store.sql`update uns_meta.metrics set uns_path = 'g/e/d/b' where metric_id = ${id}`;
    const rename = await cdc.nextJob();
    expect(rename.tags[0]).toMatchObject({ canaryId: 'g.e.d.b', deliveredTag: null, removed: [] });
    expect(written(rename.tags[0])).toEqual({ unit: 'mbar' });
    await deliver(rename);

    await cdc.store.sql.begin(async (tx) => {
      await tx`update uns_meta.metrics set uns_path = 'g/e/d/c' where metric_id = ${id}`;
      await tx`update uns_meta.metric_properties set string_value = 'kW' where metric_id = ${id}`;
    });
    const both = await cdc.nextJob();
    expect(both.tags[0]?.canaryId).toBe('g.e.d.c');
    expect(written(both.tags[0])).toEqual({ unit: 'kW' });
  });

  it('TC-15 leaves one diff, the last state, of all updates inside the window', async () => {
    const id = await cdc.addMetric('a', { unit: 'v0' });
    await start(1);
    await deliver(await cdc.nextJob());
    for (let i = 1; i <= 50; i += 1) await cdc.setUnit(id, `v${i}`);
    const job = await cdc.nextJob();
    expect(written(job.tags[0])).toEqual({ unit: 'v50' });
    await deliver(job);
    // The next change is in the next job, so nothing came between.
    await cdc.setUnit(id, 'last');
    expect(written((await cdc.nextJob()).tags[0])).toEqual({ unit: 'last' });
  });

  it('TC-17 gives each property the time of its own change', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar', tooltip: 'x' });
    await start();
    const first = await cdc.nextJob();
    await deliver(first);
    await cdc.setUnit(id, 'mbar');
    const second = await cdc.nextJob();
    const timeOf = (job: WriteJob, key: string): string =>
      job.tags[0]?.properties.find(([name]) => name === key)?.[1] ?? '';
    const [row] = await cdc.store.sql<{ at: string }[]>`
      select to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"') as at
      from uns_meta.metric_properties where metric_id = ${id} and key = 'unit'`;
    expect(timeOf(second, 'unit')).toBe(row?.at);
    expect(timeOf(second, 'unit') > timeOf(first, 'unit')).toBe(true);
  });

  it('PROMISE-2 enqueues nothing for a metric whose delivery is outstanding, and its latest state after the receipt', async () => {
    const id = await cdc.addMetric('a', { unit: 'v0' });
    await start();
    const first = await cdc.nextJob();
    await cdc.setUnit(id, 'v1');
    await cdc.setUnit(id, 'v2');
    const other = await cdc.addMetric('b', { unit: 'x' });
    // The other metric's job shows that the flusher has been past the first one.
    expect((await cdc.nextJob()).tags.map((tag) => tag.metricId)).toEqual([other]);
    expect(cdc.jobs).toEqual([]);
    await deliver(first);
    expect(written((await cdc.nextJob()).tags[0])).toEqual({ unit: 'v2' });
  });

  it('PROMISE-3 enqueues nothing when a metric is what Canary has already', async () => {
    const id = await cdc.addMetric('a', { unit: 'bar' });
    await start();
    await deliver(await cdc.nextJob());
    await cdc.setUnit(id, 'other');
    await deliver(await cdc.nextJob());
    await cdc.store.sql.begin(async (tx) => {
      await tx`update uns_meta.metric_properties set string_value = 'twice' where metric_id = ${id}`;
      await tx`update uns_meta.metric_properties set string_value = 'other' where metric_id = ${id}`;
    });
    await eventually(async () => {
      expect((await cdc.metrics.claimedSame.get()).values[0]?.value).toBe(1);
    });
    expect(cdc.jobs).toEqual([]);
  });
});
