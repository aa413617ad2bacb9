import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '@uns/service';
import { cdcHarness } from '../testing/cdc-harness.ts';
import { Sweeper } from './sweeper.ts';

describe('the sweeper', () => {
  it('PROMISE-1 PROMISE-6 looks at every outstanding delivery, a page at a time, however many of the older ones are there', async () => {
    await using cdc = await cdcHarness();
    const ids = await Promise.all(Array.from({ length: 25 }, (_, i) => cdc.addMetric(`m${i}`)));
    const deliveries = ids.map(() => randomUUID());
    for (const [i, id] of ids.entries()) {
      await cdc.store.sql`
        insert into uns_meta.metric_sync (metric_id, delivery_id, enqueued_at)
        values (${id}, ${deliveries[i] ?? ''}, now() - make_interval(secs => ${1000 - i}))`;
    }
    const lostId = deliveries.at(-1) ?? '';
    const pages: number[] = [];
    const sweeper = new Sweeper({
      sql: cdc.store.sql,
      presence: {
        lost: (asked) => {
          pages.push(asked.length);
          return Promise.resolve(
            asked.filter((id) => id === lostId).map((deliveryId) => ({ deliveryId, how: 'vanished', detail: '' })),
          );
        },
        redisRunId: () => Promise.resolve('one'),
      },
      policy: { baseSeconds: 10, capSeconds: 900, deadAfter: 5 },
      everyMs: 1000,
      afterSeconds: 60,
      afterRestartSeconds: 5,
      logger: silentLogger,
      metrics: cdc.metrics,
      pageSize: 10,
    });
    expect(await sweeper.sweep()).toBe(1);
    expect(pages).toEqual([10, 10, 5]);
    const due = await cdc.store.sql`select metric_id as id from uns_meta.metric_sync where due_at is not null`;
    expect(due).toEqual([{ id: ids.at(-1) }]);
  });
});
