import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@uns/service';
import { receiptSchema, type Receipt } from '@uns/uns';
import { cdcHarness, deferPolicy, type CdcHarness } from '../testing/cdc-harness.ts';
import { ReceiptRecorder, ReceiptRefusedError } from './receipt-recorder.ts';

describe('recording receipts', () => {
  let cdc: CdcHarness;
  beforeEach(async () => {
    cdc = await cdcHarness();
  });
  afterEach(() => cdc[Symbol.asyncDispose]());

  const receiptOf = (deliveryId: string, metricId: string, value: string): Receipt => ({
    v: 1,
    deliveryId,
    finishedAt: '2026-01-01T00:00:00Z',
    requests: 1,
    outcomes: [
      {
        outcome: 'delivered',
        metricId,
        canaryId: 'g.e.d.a',
        tag: 'g.e.d.a',
        properties: [['unit', '2026-01-01T00:00:00.0000000Z', value]],
        removed: [],
      },
    ],
  });
  const fly = async (id: string): Promise<string> => {
    const deliveryId = randomUUID();
    await cdc.store.sql`
      insert into uns_meta.metric_sync (metric_id, delivery_id, enqueued_at) values (${id}, ${deliveryId}, now())`;
    return deliveryId;
  };

  it.each([
    [
      'a value that no JSON of the database can hold',
      (id: string, delivery: string) => receiptOf(delivery, id, 'a\0b'),
    ],
    [
      'a metric id beyond 64 bits',
      (_id: string, delivery: string) => receiptOf(delivery, '9999999999999999999', 'bar'),
    ],
  ])('PROMISE-7 refuses a receipt with %s, and records those that came with it', async (_what, bad) => {
    const recorder = new ReceiptRecorder({
      sql: cdc.store.sql,
      policy: deferPolicy,
      batchSize: 50,
      logger: silentLogger,
      metrics: cdc.metrics,
      abort: new AbortController().signal,
    });
    const ids = await Promise.all(['a', 'b', 'c'].map((name) => cdc.addMetric(name)));
    const deliveries = await Promise.all(ids.map(fly));
    const receipts = ids.map((id, i) => receiptOf(deliveries[i] ?? '', id, 'bar'));
    receipts[1] = bad(ids[1] ?? '', deliveries[1] ?? '');
    expect(receiptSchema.safeParse(receipts[1]).success).toBe(true);
    const ends = await Promise.allSettled(receipts.map((receipt) => recorder.record(receipt)));
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: expect.any(ReceiptRefusedError) as unknown });
    expect(await cdc.store.sql`select metric_id as id, reason from uns_meta.canary_dead_letters`).toEqual([
      { id: ids[1], reason: 'RECEIPT_REFUSED' },
    ]);
    const rows = await cdc.store.sql`
      select metric_id as id, delivered from uns_meta.metric_sync where delivery_id is null and failed_at is null order by 1`;
    expect(rows).toEqual([ids[0], ids[2]].map((id) => ({ id, delivered: { unit: 'bar' } })));
    expect((await cdc.metrics.receiptsRefused.get()).values[0]?.value).toBe(1);
  });
});
