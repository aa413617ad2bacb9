import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testStore, type TestStore } from '../testing/test-store.ts';
import { readBacklog } from './backlog.ts';
import { claimDue } from './claim-due.ts';
import { markDirty, markDueNow } from './mark-dirty.ts';
import { recordReceipts } from './record-receipts.ts';
import { outstandingDeliveries, refuseReceipt, releaseLost, type LostDelivery } from './release-lost.ts';

const policy = { volatile: [], removed: 'blank' } as const;
const deferPolicy = { baseSeconds: 300, capSeconds: 21_600, unansweredCapSeconds: 900, giveUpSeconds: 86_400 };
const lossPolicy = { baseSeconds: 10, capSeconds: 60, deadAfter: 3 };

describe('deliveries that end without a receipt', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
    await store.sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d')`;
    for (const name of ['a', 'b', 'c']) {
      await store.sql`insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (1, ${name}, ${`g/e/d/${name}`}, 9)`;
    }
  });
  afterAll(() => store[Symbol.asyncDispose]());
  beforeEach(() => store.sql`truncate uns_meta.metric_sync, uns_meta.canary_dead_letters`);

  /** Claims all that is due, each metric in a delivery of its own; the ids of the deliveries. */
  const claim = async (): Promise<string[]> => {
    const ids: string[] = [];
    await claimDue(store.sql, { limit: 100, maxOutstanding: 100, policy }, (due) => ({
      left: [],
      assignments: due.map((metric) => {
        const deliveryId = randomUUID();
        ids.push(deliveryId);
        return { deliveryId, metricIds: [metric.metricId] };
      }),
    }));
    return ids;
  };
  const dueNow = () => store.sql`update uns_meta.metric_sync set due_at = now() where due_at is not null`;
  const lose = (deliveryId: string, how: LostDelivery['how']) =>
    releaseLost(store.sql, [{ deliveryId, how, detail: 'no such handler' }], lossPolicy);
  const waitOf = async (): Promise<number> => {
    const [row] = await store.sql<{ wait: number }[]>`
      select round(extract(epoch from due_at - now()))::int as wait from uns_meta.metric_sync`;
    return row?.wait ?? -1;
  };

  it('PROMISE-1 makes a job that vanished again at once, and one that vanishes again and again after a growing wait', async () => {
    await markDueNow(store.sql, ['1']);
    const waits: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const [id] = await claim();
      expect(await lose(id ?? '', 'vanished')).toEqual({ due: 1, dead: 0 });
      waits.push(await waitOf());
      await dueNow();
    }
    expect(waits).toEqual([0, 20, 40, 60, 60]);
  });

  it('makes a dead letter of a delivery whose jobs fail in a row, with the reason', async () => {
    await markDueNow(store.sql, ['1']);
    const waits: number[] = [];
    for (let i = 0; i < 2; i += 1) {
      const [id] = await claim();
      await lose(id ?? '', 'failed');
      waits.push(await waitOf());
      await dueNow();
    }
    expect(waits).toEqual([10, 20]);
    const [last] = await claim();
    expect(await lose(last ?? '', 'failed')).toEqual({ due: 0, dead: 1 });
    expect(await store.sql`select canary_id, reason, detail from uns_meta.canary_dead_letters`).toEqual([
      { canary_id: 'g.e.d.a', reason: 'JOB_FAILED', detail: 'no such handler' },
    ]);
    expect(await readBacklog(store.sql)).toMatchObject({ dead: 1, dirty: 0, inFlight: 0, oldestPendingSeconds: 0 });
  });

  it('counts losses in a row: a receipt between starts them anew', async () => {
    await markDueNow(store.sql, ['1']);
    const [first] = await claim();
    await lose(first ?? '', 'failed');
    await dueNow();
    const [second] = await claim();
    const outcome = { outcome: 'deferred', reason: 'ATTEMPTS_EXHAUSTED', metricId: '1', canaryId: 'g.e.d.a' } as const;
    await recordReceipts(
      store.sql,
      [
        {
          v: 1,
          deliveryId: second ?? '',
          finishedAt: '2026-01-01T00:00:00Z',
          requests: 1,
          outcomes: [{ ...outcome, tag: null, detail: '' }],
        },
      ],
      deferPolicy,
    );
    expect(await store.sql`select losses from uns_meta.metric_sync`).toEqual([{ losses: 0 }]);
  });

  it('keeps counting how long a change has waited through claims, losses and deferrals', async () => {
    await markDirty(store.sql, ['1'], { debounceSeconds: 0, maxWaitSeconds: 0 });
    await store.sql`update uns_meta.metric_sync set dirty_since = now() - interval '1 hour', pending_since = now() - interval '1 hour'`;
    const age = async (): Promise<number> => Math.round((await readBacklog(store.sql)).oldestPendingSeconds / 60);
    const [id] = await claim();
    expect(await age()).toBe(60);
    await lose(id ?? '', 'vanished');
    expect(await age()).toBe(60);
    await claim();
    expect(await age()).toBe(60);
    // A change during the delivery is what waits when that has ended well.
    await markDirty(store.sql, ['1'], { debounceSeconds: 0, maxWaitSeconds: 0 });
    const [row] = await store.sql<{ id: string }[]>`select delivery_id as id from uns_meta.metric_sync`;
    const outcome = { outcome: 'delivered', metricId: '1', canaryId: 'g.e.d.a', tag: 'g.e.d.a' } as const;
    await recordReceipts(
      store.sql,
      [
        {
          v: 1,
          deliveryId: row?.id ?? '',
          finishedAt: '2026-01-01T00:00:00Z',
          requests: 1,
          outcomes: [{ ...outcome, removed: [], properties: [['unit', '2026-01-01T00:00:00.0000000Z', 'bar']] }],
        },
      ],
      deferPolicy,
    );
    expect(await age()).toBe(0);
    expect((await readBacklog(store.sql)).dirty).toBe(1);
  });

  it('ends a delivery whose receipt cannot be stored with dead letters', async () => {
    await markDueNow(store.sql, ['1', '2']);
    const [first] = await claim();
    expect(await refuseReceipt(store.sql, first ?? '', 'value out of range\0')).toBe(1);
    expect(await store.sql`select reason, detail from uns_meta.canary_dead_letters`).toEqual([
      { reason: 'RECEIPT_REFUSED', detail: 'value out of range\uFFFD' },
    ]);
    expect(await readBacklog(store.sql)).toMatchObject({ dead: 1, inFlight: 1 });
    expect(await refuseReceipt(store.sql, first ?? '', 'again')).toBe(0);
  });

  it('PROMISE-1 PROMISE-6 pages through all outstanding deliveries, none twice and none left out', async () => {
    await markDueNow(store.sql, ['1', '2', '3']);
    const ids = await claim();
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page: string[] = await outstandingDeliveries(store.sql, { seconds: 0, after, limit: 2 });
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page);
      if (page.length < 2) break;
      after = page.at(-1) ?? null;
    }
    expect(seen).toEqual(ids.toSorted());
    expect(await outstandingDeliveries(store.sql, { seconds: 60, after: null, limit: 2 })).toEqual([]);
  });

  it('PROMISE-6 never lets more deliveries be outstanding than allowed, however many claim at once', async () => {
    await store.sql`insert into uns_meta.metrics (device_id, name, uns_path, datatype)
      select 1, 'x' || i, 'g/e/d/x' || i, 9 from generate_series(1, 60) as i`;
    await store.sql`insert into uns_meta.metric_sync (metric_id, dirty_since, due_at) select metric_id, now(), now() from uns_meta.metrics`;
    const pools = Array.from({ length: 4 }, () => store.connect());
    const outstanding = async (): Promise<number> => (await readBacklog(store.sql)).inFlight;
    await Promise.all(
      pools.flatMap((sql) =>
        Array.from({ length: 3 }, () =>
          claimDue(sql, { limit: 5, maxOutstanding: 17, policy }, (due, room) => ({
            assignments: due
              .slice(0, room)
              .map((metric) => ({ deliveryId: randomUUID(), metricIds: [metric.metricId] })),
            left: due.slice(room).map((metric) => metric.metricId),
          })),
        ),
      ),
    );
    expect(await outstanding()).toBe(17);
    expect((await readBacklog(store.sql)).due).toBe(63 - 17);
    await store.sql`delete from uns_meta.metric_sync`;
    await store.sql`delete from uns_meta.metrics where metric_id > 3`;
  });
});
