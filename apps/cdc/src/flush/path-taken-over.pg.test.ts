import { markDueNow } from '@uns/metadata-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WriteJob } from '@uns/uns';
import { cdcHarness, type CdcHarness } from '../testing/cdc-harness.ts';
import { deliveredReceipt, HistorianModel } from '../testing/historian-model.ts';

describe('a tag that one metric has left and another takes', () => {
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
  const deliver = async (...metricIds: string[]): Promise<void> => {
    const job = await nextJob(...metricIds);
    canary.write(job);
    await cdc.record(deliveredReceipt(job));
  };
  const move = (id: string, name: string) => cdc.store.sql`
    update uns_meta.metrics set name = ${name}, uns_path = ${`g/e/d/${name}`} where metric_id = ${id}`;

  it('PROMISE-2 has nothing left of the other one after a swap', async () => {
    const [a, b] = [
      await cdc.addMetric('a', { unit: 'of a', tooltip: 'of a' }),
      await cdc.addMetric('b', { unit: 'of b' }),
    ];
    await deliver(a, b);
    await cdc.store.sql`
      update uns_meta.metrics set uns_path = case metric_id when ${a} then 'g/e/d/b' else 'g/e/d/a' end
      where metric_id in (${a}, ${b})`;
    await deliver(a, b);
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'of b', tooltip: '' });
    expect(canary.tag('g.e.d.b')).toEqual({ unit: 'of a', tooltip: 'of a' });
    // Once: the next delivery has nothing to blank.
    await cdc.store.sql`update uns_meta.metric_properties set string_value = 'x' where metric_id = ${b}`;
    expect((await nextJob(b)).tags[0]).toMatchObject({ properties: [['unit', expect.any(String), 'x']], removed: [] });
  });

  it('PROMISE-2 has nothing left of a metric that was renamed, when a new one begins there', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar', tooltip: 'x' });
    await deliver(a);
    await move(a, 'b');
    await deliver(a);
    await deliver(await cdc.addMetric('a', { unit: 'mbar' }));
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'mbar', tooltip: '' });
  });

  it('PROMISE-2 has what a metric is now, when it comes back without what it had there', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar', tooltip: 'x' });
    await deliver(a);
    await move(a, 'b');
    await cdc.store.sql`delete from uns_meta.metric_properties where metric_id = ${a} and key = 'tooltip'`;
    await deliver(a);
    await move(a, 'a');
    await deliver(a);
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'bar', tooltip: '' });
    expect(canary.dropped).toBe(0);
  });

  it('PROMISE-2 has what a metric is now, when it comes back before it was delivered elsewhere, and another was there', async () => {
    const [a, b] = [await cdc.addMetric('a', { unit: 'of a' }), await cdc.addMetric('b', { unit: 'of b' })];
    await deliver(a, b);
    await move(a, 'c');
    await move(b, 'a');
    await deliver(b);
    await move(b, 'b');
    await move(a, 'a');
    await deliver(a);
    expect(canary.tag('g.e.d.a')).toEqual({ unit: 'of a' });
  });
});
