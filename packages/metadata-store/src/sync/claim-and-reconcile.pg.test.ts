import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testStore, type TestStore } from '../testing/test-store.ts';
import { readBacklog } from './backlog.ts';
import { claimDue, type DueMetric } from './claim-due.ts';
import type { DeliveryPolicy } from './desired-state.ts';
import { markDueNow } from './mark-dirty.ts';
import { readProgress, saveProgress } from './progress.ts';
import { repairMissed, searchMissed, type SearchStep, type Suspect } from './missed-changes.ts';
import { reconcileStep } from './reconcile.ts';

const nothing = { assignments: [], left: [] };
const policy: DeliveryPolicy = { volatile: ['Quality'], removed: 'blank' };

describe('claiming and reconciling', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
  });
  afterAll(() => store[Symbol.asyncDispose]());
  beforeEach(async () => {
    await store.sql`truncate uns_meta.devices restart identity cascade`;
    await store.sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d')`;
    for (const name of ['a', 'b', 'c']) {
      await store.sql`insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (1, ${name}, ${`g/e/d/${name}`}, 9)`;
    }
    await store.sql`
      insert into uns_meta.metric_properties (metric_id, key, type, string_value, int_value)
      select metric_id, key, type::uns_meta.property_type, s, i
      from uns_meta.metrics, (values ('unit', 'string', 'bar', null), ('Quality', 'int', null, 192)) as v (key, type, s, i)`;
  });

  async function see(limit = 10, use: DeliveryPolicy = policy): Promise<DueMetric[]> {
    const seen: DueMetric[] = [];
    await claimDue(store.sql, { limit, maxOutstanding: 100, policy: use }, (due) => {
      seen.push(...due);
      return nothing;
    });
    return seen;
  }
  const setDelivered = (delivered: object, canaryId = 'g.e.d.a') => store.sql`
    insert into uns_meta.metric_sync (metric_id, delivered, delivered_tag, delivered_canary_id)
    values (1, ${store.sql.json(delivered as never)}, ${canaryId}, ${canaryId})`;

  it('shows what a due metric should be with the time of each value, volatile properties left out', async () => {
    await markDueNow(store.sql, ['1']);
    const [metric] = await see();
    expect(metric).toEqual({
      metricId: '1',
      canaryId: 'g.e.d.a',
      device: 'g/e/d',
      desired: { unit: [expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}0Z$/), 'bar'] },
      delivered: {},
      deliveredTag: null,
      removedAt: {},
      inDoubt: false,
    });
  });

  it('says when a delivered property was removed', async () => {
    await setDelivered({ unit: 'bar', tooltip: 'x' });
    await store.sql`insert into uns_meta.metric_properties (metric_id, key, type, string_value) values (1, 'tooltip', 'string', 'x')`;
    await store.sql`delete from uns_meta.metric_properties where metric_id = 1 and key = 'tooltip'`;
    const [version] = await store.sql<{ at: string }[]>`
      select to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"') as at
      from uns_meta.metric_versions order by version_id desc limit 1`;
    await markDueNow(store.sql, ['1']);
    const [metric] = await see();
    expect(metric?.delivered).toEqual({ unit: 'bar', tooltip: 'x' });
    expect(metric?.removedAt).toEqual({ tooltip: version?.at });
    await markDueNow(store.sql, ['1']);
    expect((await see(10, { ...policy, removed: 'ignore' }))[0]?.removedAt).toEqual({});
  });

  it('TC-16 takes nothing as delivered when the metric has another tag now', async () => {
    await setDelivered({ unit: 'bar' });
    await store.sql`update uns_meta.metrics set uns_path = 'g/e/d/renamed' where metric_id = 1`;
    await markDueNow(store.sql, ['1']);
    expect((await see())[0]).toMatchObject({ canaryId: 'g.e.d.renamed', delivered: {}, deliveredTag: null });
  });

  it('TC-16 delivers nothing of a retired metric to a tag that it never had, and finds nothing missing there', async () => {
    const move = (path: string) => store.sql`update uns_meta.metrics set uns_path = ${path} where metric_id = 1`;
    const reconciled = async () =>
      (await reconcileStep(store.sql, { after: '0', limit: 1, policy, inDoubt: 'changes' })).repaired;
    await setDelivered({ unit: 'old' });
    // What it was when it was retired is still owed to the tag that it had.
    await store.sql`update uns_meta.metrics set retired_at = clock_timestamp() where metric_id = 1`;
    await markDueNow(store.sql, ['1']);
    expect((await see()).map((metric) => metric.canaryId)).toEqual(['g.e.d.a']);
    // A rule moves it.
    await move('g/e/x/a');
    expect(await reconciled()).toBe(0);
    await markDueNow(store.sql, ['1']);
    expect(await see()).toEqual([]);
    const [row] = await store.sql`select dirty_since, delivery_id, failed_at, delivered from uns_meta.metric_sync`;
    expect(row).toEqual({ dirty_since: null, delivery_id: null, failed_at: null, delivered: { unit: 'old' } });
    // Back at the tag that it had: compared as ever.
    await move('g/e/d/a');
    expect(await reconciled()).toBe(1);
    expect((await see()).map((metric) => [metric.canaryId, metric.delivered])).toEqual([['g.e.d.a', { unit: 'old' }]]);
    // In use again elsewhere: delivered there.
    await move('g/e/y/a');
    await store.sql`update uns_meta.metrics set retired_at = null where metric_id = 1`;
    expect(await reconciled()).toBe(1);
    expect((await see()).map((metric) => metric.canaryId)).toEqual(['g.e.y.a']);
  });

  it('PROMISE-2 gives one metric to one claimer, however many claim at once', async () => {
    const ids = ['1', '2', '3'];
    await markDueNow(store.sql, ids);
    const pools = Array.from({ length: 4 }, () => store.connect());
    const seen: string[] = [];
    await Promise.all(
      pools.map((sql) =>
        claimDue(sql, { limit: 2, maxOutstanding: 100, policy }, (due) => {
          seen.push(...due.map((metric) => metric.metricId));
          return due.length === 0
            ? nothing
            : {
                ...nothing,
                assignments: [{ deliveryId: randomUUID(), metricIds: due.map((metric) => metric.metricId) }],
              };
        }),
      ),
    );
    expect(seen.toSorted()).toEqual(ids);
    expect(await readBacklog(store.sql)).toMatchObject({ inFlight: 3, dirty: 0, due: 0, dead: 0 });
  });

  it('leaves metrics alone that are not due yet', async () => {
    await store.sql`insert into uns_meta.metric_sync (metric_id, dirty_since, due_at) values (1, now(), now() + interval '1 minute')`;
    expect(await see()).toEqual([]);
  });

  it('claims nothing when the decision fails', async () => {
    await markDueNow(store.sql, ['1']);
    await expect(
      claimDue(store.sql, { limit: 10, maxOutstanding: 100, policy }, () => {
        throw new Error('undecided');
      }),
    ).rejects.toThrow('undecided');
    expect(await readBacklog(store.sql)).toMatchObject({ due: 1, inFlight: 0 });
  });

  it('PROMISE-1 finds every metric that differs with nothing under way, step by step', async () => {
    await setDelivered({ unit: 'bar' });
    await store.sql`insert into uns_meta.metric_sync (metric_id, failed_at) values (3, now())`;
    const steps = [];
    const suspects: Suspect[] = [];
    let after: string | null = '0';
    while (after !== null) {
      const step: SearchStep = await searchMissed(store.sql, { after, limit: 2, policy });
      steps.push({ compared: step.compared, suspects: step.suspects.map((suspect) => suspect.metricId) });
      suspects.push(...step.suspects);
      after = step.next;
    }
    expect(steps).toEqual([
      { compared: 2, suspects: ['2'] },
      { compared: 1, suspects: [] },
    ]);
    expect(await repairMissed(store.sql, suspects, policy)).toBe(1);
    expect(await store.sql`select metric_id from uns_meta.metric_sync where due_at <= now()`).toEqual([
      { metric_id: '2' },
    ]);
    expect((await searchMissed(store.sql, { after: '0', limit: 10, policy })).suspects).toEqual([]);
    expect(await repairMissed(store.sql, suspects, policy)).toBe(0);
  });

  it('takes a metric that has changed since the search for one that is on its way, not for one that was missed', async () => {
    const { suspects } = await searchMissed(store.sql, { after: '0', limit: 10, policy });
    await store.sql`update uns_meta.metric_properties set string_value = 'mbar' where metric_id = 2 and key = 'unit'`;
    expect(await repairMissed(store.sql, suspects, policy)).toBe(2);
    expect(await store.sql`select metric_id as id from uns_meta.metric_sync order by 1`).toEqual([
      { id: '1' },
      { id: '3' },
    ]);
  });

  it.each([
    ['a value that differs', { unit: 'mbar' }, 1, 1],
    ['a property Canary does not have', {}, 1, 1],
    ['a property that was removed', { unit: 'bar', old: 1 }, 1, 0],
    ['a volatile property', { unit: 'bar', Quality: 500 }, 0, 0],
    ['nothing', { unit: 'bar' }, 0, 0],
  ])('reconciles %s', async (_what, delivered, whenBlanking, whenIgnoring) => {
    await store.sql`delete from uns_meta.metric_properties where metric_id > 1`;
    for (const [removed, expected] of [
      ['ignore', whenIgnoring],
      ['blank', whenBlanking],
    ] as const) {
      const use: DeliveryPolicy = { ...policy, removed };
      await store.sql`delete from uns_meta.metric_sync`;
      await setDelivered(delivered);
      const { suspects } = await searchMissed(store.sql, { after: '0', limit: 10, policy: use });
      const step = await reconcileStep(store.sql, { inDoubt: 'changes', after: '0', limit: 10, policy: use });
      expect([suspects.length, step.repaired]).toEqual([expected, expected]);
    }
  });

  it('PROMISE-1 marks what is in flight, and what changed since it died, when changes may have passed unseen', async () => {
    await store.sql`insert into uns_meta.metric_sync (metric_id, failed_at) values (1, now()), (2, now() + interval '1 hour')`;
    await store.sql`insert into uns_meta.metric_sync (metric_id, delivery_id, enqueued_at) values (3, ${randomUUID()}, now())`;
    await store.sql`update uns_meta.metric_properties set string_value = 'mbar' where metric_id = 1 and key = 'unit'`;
    const marked = async (): Promise<unknown[]> => [
      ...(await store.sql`select metric_id as id, failed_at is null as alive from uns_meta.metric_sync where dirty_since is not null order by 1`),
    ];
    expect((await searchMissed(store.sql, { after: '0', limit: 10, policy })).suspects).toEqual([]);
    await reconcileStep(store.sql, { inDoubt: 'changes', after: '0', limit: 10, policy });
    expect(await marked()).toEqual([
      { id: '1', alive: true },
      { id: '3', alive: true },
    ]);
    await reconcileStep(store.sql, { inDoubt: 'store', after: '0', limit: 10, policy });
    expect(await marked()).toEqual(['1', '2', '3'].map((id) => ({ id, alive: true })));
  });

  it('reports how old the oldest pending change is', async () => {
    await store.sql`insert into uns_meta.metric_sync (metric_id, dirty_since, due_at) values (1, now() - interval '90 seconds', now())`;
    expect((await readBacklog(store.sql)).oldestPendingSeconds).toBeCloseTo(90, 0);
  });

  it('remembers the position of the change stream and of which server it is', async () => {
    expect(await readProgress(store.sql, 's')).toBeNull();
    await saveProgress(store.sql, 's', { systemId: '7', timeline: 1, recordedLsn: '0/10' });
    await saveProgress(store.sql, 's', { systemId: '7', timeline: 1, recordedLsn: '1/A0' });
    expect(await readProgress(store.sql, 's')).toEqual({ systemId: '7', timeline: 1, recordedLsn: '1/A0' });
  });
});
