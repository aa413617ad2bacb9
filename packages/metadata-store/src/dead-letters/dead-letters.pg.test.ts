import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TagOutcome } from '@uns/uns';
import { writeBirth } from '../birth/write-birth.ts';
import { claimDue, type DueMetric } from '../sync/claim-due.ts';
import { markDirty } from '../sync/mark-dirty.ts';
import { recordReceipts } from '../sync/record-receipts.ts';
import { sampleBirth } from '../testing/sample-birth.ts';
import { emptyStore, idsByName } from '../testing/store-rows.ts';
import { testStore, type TestStore } from '../testing/test-store.ts';
import { countDeadLetters, listDeadLetters, readDeadLetter } from './read-dead-letters.ts';
import { discardDeadLetters, replayDeadLetters } from './resolve-dead-letters.ts';
import { retireDeadLetters } from './retire-dead-letters.ts';

const policy = { volatile: ['Quality'], removed: 'blank' } as const;
const deferPolicy = { baseSeconds: 300, capSeconds: 21_600, unansweredCapSeconds: 900, giveUpSeconds: 86_400 };
const newest = { limit: 100, before: null };

describe('dead letters', () => {
  let store: TestStore;
  let ids: Record<string, string>;

  beforeAll(async () => {
    store = await testStore();
  });
  afterAll(() => store[Symbol.asyncDispose]());
  beforeEach(async () => {
    await emptyStore(store.sql);
    await writeBirth(store.sql, sampleBirth({ metrics: { A: { unit: 'bar' }, B: { unit: 'rpm' }, C: { unit: 't' } } }));
    ids = await idsByName(store.sql);
  });

  /** Claims what is due and ends it with what `outcomeOf` says. */
  async function deliver(outcomeOf: (metric: DueMetric) => Partial<TagOutcome> & Pick<TagOutcome, 'outcome'>) {
    const deliveryId = randomUUID();
    let claimed: readonly DueMetric[] = [];
    await claimDue(store.sql, { limit: 100, maxOutstanding: 1000, policy }, (due) => {
      claimed = due;
      return { assignments: [{ deliveryId, metricIds: due.map(({ metricId }) => metricId) }], left: [] };
    });
    const outcomes = claimed.map((metric) => {
      const { metricId, canaryId } = metric;
      return { metricId, canaryId, tag: canaryId, properties: [], removed: [], ...outcomeOf(metric) } as TagOutcome;
    });
    await recordReceipts(
      store.sql,
      [{ v: 1, deliveryId, finishedAt: '2026-01-01T00:00:00Z', requests: 1, outcomes }],
      deferPolicy,
    );
    return claimed;
  }

  const markAll = () => markDirty(store.sql, Object.values(ids), { debounceSeconds: 0, maxWaitSeconds: 0 });
  const refused = (detail = 'read-only') =>
    ({ outcome: 'failed', reason: 'REJECTED', detail, request: '{"sent":1}', answer: 'no' }) as const;
  async function refuseAll(): Promise<string[]> {
    await markAll();
    await deliver(() => refused());
    return (await listDeadLetters(store.sql, {}, newest)).map(({ id }) => id);
  }

  it('are listed newest first, by page and by filter, and counted by reason', async () => {
    const all = await refuseAll();
    expect(all).toHaveLength(3);
    expect(all).toEqual(all.toSorted((a, b) => Number(b) - Number(a)));
    const first = await listDeadLetters(store.sql, {}, { limit: 2, before: null });
    const second = await listDeadLetters(store.sql, {}, { limit: 2, before: first.at(-1)?.id ?? null });
    expect([...first, ...second].map(({ id }) => id)).toEqual(all);
    expect(first[0]).toMatchObject({ device: 'Secil/Portugal/Cement', reason: 'REJECTED', resolution: null });

    const found = async (filter: Parameters<typeof listDeadLetters>[1]) =>
      (await listDeadLetters(store.sql, filter, newest)).length;
    expect(await found({ tag: 'Cement.A' })).toBe(1);
    expect(await found({ device: 'Secil/Portugal' })).toBe(3);
    expect(await found({ device: 'Secil/Port' })).toBe(0);
    expect(await found({ reason: 'GUARD_RAIL' })).toBe(0);
    expect(await found({ since: new Date(Date.now() + 60_000) })).toBe(0);
    expect(await found({ state: 'resolved' })).toBe(0);
    expect(await countDeadLetters(store.sql, {})).toEqual(new Map([['REJECTED', 3]]));
  });

  it('show what was sent then and what the metric is now', async () => {
    const [id = ''] = await refuseAll();
    await store.sql`update uns_meta.metric_properties set string_value = 'kPa' where metric_id = ${ids['C'] ?? ''}`;
    expect(await readDeadLetter(store.sql, id, policy)).toMatchObject({
      id,
      request: '{"sent":1}',
      answer: 'no',
      now: { unsPath: 'Secil/Portugal/Cement/C', delivery: 'dead', desired: { unit: 'kPa' }, delivered: {} },
    });
    expect(await readDeadLetter(store.sql, '999999', policy)).toBeNull();
  });

  it('are replayed as the metric is now, not as it was then', async () => {
    await refuseAll();
    await store.sql`update uns_meta.metric_properties set string_value = 'kPa' where metric_id = ${ids['A'] ?? ''}`;
    const [letter] = await listDeadLetters(store.sql, { tag: 'Cement.A' }, newest);
    expect(await replayDeadLetters(store.sql, { ids: [letter?.id ?? ''] }, 'ana')).toEqual({ letters: 1, metrics: 1 });
    expect(await replayDeadLetters(store.sql, { ids: [letter?.id ?? ''] }, 'rui')).toEqual({ letters: 0, metrics: 0 });
    const claimed = await deliver(() => ({ outcome: 'delivered' }));
    expect(claimed).toMatchObject([{ metricId: ids['A'], desired: { unit: [expect.any(String), 'kPa'] } }]);
    expect(await listDeadLetters(store.sql, { state: 'resolved' }, newest)).toMatchObject([
      { id: letter?.id, resolution: 'replayed', resolvedBy: 'ana', resolvedAt: expect.any(Date) },
    ]);
    expect(await countDeadLetters(store.sql, {})).toEqual(new Map([['REJECTED', 2]]));
  });

  it('are replayed by filter, each metric once, whatever number of letters it has', async () => {
    await refuseAll();
    await refuseAll();
    expect(await replayDeadLetters(store.sql, { filter: { reason: 'REJECTED' }, limit: 100 }, 'ana')).toEqual({
      letters: 6,
      metrics: 3,
    });
  });

  it('leave a delivery that is on its way alone', async () => {
    await refuseAll();
    await markAll();
    await claimDue(store.sql, { limit: 100, maxOutstanding: 1000, policy }, (due) => ({
      assignments: [{ deliveryId: randomUUID(), metricIds: due.map(({ metricId }) => metricId) }],
      left: [],
    }));
    const before = await store.sql`select * from uns_meta.metric_sync order by metric_id`;
    const choice = { filter: {}, limit: 100 };
    expect(await replayDeadLetters(store.sql, choice, 'ana')).toEqual({ letters: 3, metrics: 0 });
    expect(await store.sql`select * from uns_meta.metric_sync order by metric_id`).toEqual(before);
  });

  it('are discarded once, and their metrics stay out of delivery until they change', async () => {
    const all = await refuseAll();
    expect(await discardDeadLetters(store.sql, { ids: all.slice(0, 2) }, 'ana')).toBe(2);
    expect(await discardDeadLetters(store.sql, { ids: all }, 'rui')).toBe(1);
    expect(await deliver(() => ({ outcome: 'delivered' }))).toEqual([]);
    await markAll();
    expect(await deliver(() => ({ outcome: 'delivered' }))).toHaveLength(3);
  });

  it('are closed when their metric was delivered since, and removed long after they were resolved, a few at a time', async () => {
    await refuseAll();
    await markAll();
    await deliver(({ metricId }) => (metricId === ids['A'] ? refused('still') : { outcome: 'delivered' }));
    const keep = { keepDays: 30, limit: 1 };
    expect(await retireDeadLetters(store.sql, keep)).toEqual({ superseded: 1, removed: 0 });
    expect(await retireDeadLetters(store.sql, { ...keep, limit: 100 })).toEqual({ superseded: 1, removed: 0 });
    // Both letters of the metric that is still refused are open.
    expect(await countDeadLetters(store.sql, {})).toEqual(new Map([['REJECTED', 2]]));
    expect(await countDeadLetters(store.sql, { tag: 'Cement.A' })).toEqual(new Map([['REJECTED', 2]]));

    await store.sql`update uns_meta.canary_dead_letters set resolved_at = now() - interval '31 days' where resolved_at is not null`;
    await store.sql`update uns_meta.canary_dead_letters set created_at = now() - interval '1000 days'`;
    expect(await retireDeadLetters(store.sql, keep)).toEqual({ superseded: 0, removed: 1 });
    expect(await retireDeadLetters(store.sql, keep)).toEqual({ superseded: 0, removed: 1 });
    expect(await retireDeadLetters(store.sql, keep)).toEqual({ superseded: 0, removed: 0 });
    expect(await countDeadLetters(store.sql, { state: 'all' })).toEqual(new Map([['REJECTED', 2]]));
  });
});
