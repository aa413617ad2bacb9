import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TagOutcome } from '@uns/uns';
import { testStore, type TestStore } from '../testing/test-store.ts';
import { claimDue } from './claim-due.ts';
import { markDirty, markDueNow } from './mark-dirty.ts';
import { recordReceipts } from './record-receipts.ts';
import { releaseLost } from './release-lost.ts';
import { transitions, type SyncEvent, type SyncState } from './state-machine.ts';

const states = Object.keys(transitions) as SyncState[];
const events = Object.keys(transitions.clean) as SyncEvent[];
const outstanding = randomUUID();
const canaryId = 'g.e.d.m';
const policy = { volatile: [], removed: 'blank' } as const;
const lossPolicy = { baseSeconds: 10, capSeconds: 900, deadAfter: 3 };
const deferPolicy = { baseSeconds: 300, capSeconds: 21_600, unansweredCapSeconds: 900, giveUpSeconds: 86_400 };

/** Columns that put a row into each state; due now where due. */
const columnsOf: Record<SyncState, string> = {
  clean: `null, null, null, null, null`,
  dirty: `now() - interval '1 hour', now(), null, null, null`,
  'in-flight': `null, null, '${outstanding}', now(), null`,
  'in-flight-dirty': `now() - interval '1 hour', now(), '${outstanding}', now(), null`,
  dead: `null, null, null, null, now()`,
};

const tag = { metricId: '1', canaryId };
const outcomes = {
  delivered: {
    ...tag,
    outcome: 'delivered',
    tag: canaryId,
    properties: [['unit', '2026-01-01T00:00:00.0000000Z', 'bar']],
    removed: [],
  },
  deferred: { ...tag, outcome: 'deferred', reason: 'ATTEMPTS_EXHAUSTED', tag: null, detail: '' },
  failed: {
    ...tag,
    outcome: 'failed',
    reason: 'REJECTED',
    tag: canaryId,
    detail: 'no',
    request: '',
    answer: 'a\0b\uD800',
  },
} satisfies Record<string, TagOutcome>;

describe('metric_sync', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
    await store.sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d')`;
    await store.sql`insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (1, 'm', 'g/e/d/m', 9)`;
    await store.sql`insert into uns_meta.metric_properties (metric_id, key, type, string_value) values (1, 'unit', 'string', 'bar')`;
  });
  afterAll(() => store[Symbol.asyncDispose]());
  beforeEach(async () => {
    await store.sql`truncate uns_meta.metric_sync, uns_meta.canary_dead_letters`;
  });

  async function put(state: SyncState, delivered: 'same' | 'nothing' = 'nothing'): Promise<void> {
    await store.sql.unsafe(`
      insert into uns_meta.metric_sync
        (metric_id, dirty_since, due_at, delivery_id, enqueued_at, failed_at, delivered, delivered_tag, delivered_canary_id)
      values (1, ${columnsOf[state]}, ${delivered === 'same' ? `'{"unit":"bar"}', '${canaryId}', '${canaryId}'` : `'{}', null, null`})`);
  }

  async function read(): Promise<SyncState> {
    const [row] = await store.sql<{ dirty: boolean; flying: boolean; dead: boolean }[]>`
      select dirty_since is not null as dirty, delivery_id is not null as flying, failed_at is not null as dead from uns_meta.metric_sync`;
    if (row === undefined) throw new Error('the row is gone');
    if (row.dead) return 'dead';
    if (row.flying) return row.dirty ? 'in-flight-dirty' : 'in-flight';
    return row.dirty ? 'dirty' : 'clean';
  }

  const claim = () =>
    claimDue(store.sql, { limit: 10, maxOutstanding: 100, policy }, (due) => {
      const different = due.filter((metric) => Object.keys(metric.desired).some((key) => !(key in metric.delivered)));
      return different.length === 0
        ? { assignments: [], left: [] }
        : {
            assignments: [{ deliveryId: randomUUID(), metricIds: different.map((metric) => metric.metricId) }],
            left: [],
          };
    });
  const receive = (outcome: TagOutcome, deliveryId: string) =>
    recordReceipts(
      store.sql,
      [{ v: 1, deliveryId, finishedAt: new Date().toISOString(), requests: 1, outcomes: [outcome] }],
      deferPolicy,
    );

  /** Claims it as the outstanding delivery again, with whatever else is to be so. */
  const fly = (also = 'losses = losses') =>
    store.sql.unsafe(`
      update uns_meta.metric_sync
      set delivery_id = '${outstanding}', enqueued_at = now(), dirty_since = null, due_at = null, ${also}`);

  /** What really happens, by the product's own statements. */
  const cause: Record<SyncEvent, () => Promise<unknown>> = {
    changed: () => markDirty(store.sql, ['1'], { debounceSeconds: 180, maxWaitSeconds: 900 }),
    'claimed-different': claim,
    'claimed-same': claim,
    delivered: () => receive(outcomes.delivered, outstanding),
    deferred: () => receive(outcomes.deferred, outstanding),
    failed: () => receive(outcomes.failed, outstanding),
    'job-lost': () => releaseLost(store.sql, [{ deliveryId: outstanding, how: 'vanished', detail: '' }], lossPolicy),
    replayed: () => markDueNow(store.sql, ['1']),
  };

  const cases = states.flatMap((state) =>
    events.map((event) => ({ state, event, to: transitions[state][event] ?? state })),
  );

  it.each(cases)('PROMISE-2 goes from $state by $event to $to', async ({ state, event, to }) => {
    await put(state, event === 'claimed-same' ? 'same' : 'nothing');
    await cause[event]();
    expect(await read()).toBe(to);
  });

  it.each(['delivered', 'deferred', 'failed'] as const)(
    'PROMISE-2 ignores a receipt (%s) of another delivery',
    async (kind) => {
      for (const state of states) {
        await store.sql`truncate uns_meta.metric_sync`;
        await put(state);
        const recorded = await receive(outcomes[kind], randomUUID());
        expect(recorded).toEqual({ delivered: 0, deferred: 0, failed: 0, ignored: 1 });
        expect(await read()).toBe(state);
      }
      expect(await store.sql`select 1 from uns_meta.canary_dead_letters`).toHaveLength(0);
    },
  );

  it('records a receipt once, though it comes twice', async () => {
    await put('in-flight');
    expect(await receive(outcomes.failed, outstanding)).toMatchObject({ failed: 1 });
    expect(await receive(outcomes.failed, outstanding)).toMatchObject({ failed: 0, ignored: 1 });
    expect(await store.sql`select reason, detail from uns_meta.canary_dead_letters`).toEqual([
      { reason: 'REJECTED', detail: 'no' },
    ]);
  });

  it('keeps what Canary has acknowledged, and drops what it was told to blank', async () => {
    await put('in-flight', 'same');
    await receive(
      {
        ...outcomes.delivered,
        properties: [
          ['high', '2026-01-01T00:00:00.0000000Z', 5],
          ['__proto__', '2026-01-01T00:00:00.0000000Z', 'x'],
          ['unit', '2026-01-01T00:00:00.0000000Z', ''],
        ],
        removed: ['unit'],
      },
      outstanding,
    );
    const [row] = await store.sql<{ text: string }[]>`select delivered::text as text from uns_meta.metric_sync`;
    expect(row?.text).toBe('{"high": 5, "__proto__": "x"}');
  });

  it('forgets what another tag acknowledged', async () => {
    await put('in-flight', 'same');
    await receive(
      { ...outcomes.delivered, tag: 'g2.e.d.m', properties: [['high', '2026-01-01T00:00:00.0000000Z', 5]] },
      outstanding,
    );
    expect(await store.sql`select delivered, delivered_tag from uns_meta.metric_sync`).toEqual([
      { delivered: { high: 5 }, delivered_tag: 'g2.e.d.m' },
    ]);
  });

  it('delivers everything again at once when the tag has moved to another dataset', async () => {
    await put('in-flight', 'same');
    await receive({ ...outcomes.deferred, reason: 'TAG_MOVED', tag: 'g2.e.d.m' }, outstanding);
    expect(
      await store.sql`select delivered, delivered_tag, due_at <= now() as due, attempts from uns_meta.metric_sync`,
    ).toEqual([{ delivered: {}, delivered_tag: null, due: true, attempts: 0 }]);
  });

  it.each([
    ['TAG_NOT_FOUND', [5, 10, 20, 40, 80, 160, 320, 360, 360]],
    ['ATTEMPTS_EXHAUSTED', [5, 10, 15, 15, 15, 15, 15, 15, 15]],
  ] as const)('waits twice as long after each delivery put off for %s, up to the cap', async (reason, expected) => {
    const waits: number[] = [];
    await put('in-flight');
    for (let i = 0; i < 9; i += 1) {
      await receive({ ...outcomes.deferred, reason }, outstanding);
      const [row] = await store.sql<{ wait: number }[]>`
        select round(extract(epoch from due_at - now()) / 60)::int as wait from uns_meta.metric_sync`;
      waits.push(row?.wait ?? -1);
      await store.sql`update uns_meta.metric_sync set delivery_id = ${outstanding}, enqueued_at = now(), dirty_since = null, due_at = null`;
    }
    expect(waits).toEqual(expected);
  });

  it('gives a tag up that Canary has not known for a day, and takes it up when the metric changes', async () => {
    await put('in-flight');
    const unknown = { ...outcomes.deferred, reason: 'TAG_NOT_FOUND' } as const;
    await receive(unknown, outstanding);
    expect(await read()).toBe('dirty');
    await fly(`unknown_since = now() - interval '25 hours'`);
    expect(await receive(unknown, outstanding)).toMatchObject({ deferred: 0, failed: 1 });
    expect(await read()).toBe('dead');
    expect(await store.sql`select reason from uns_meta.canary_dead_letters`).toEqual([{ reason: 'DATASET_NOT_FOUND' }]);
    await cause.changed();
    expect(await read()).toBe('dirty');
  });

  it('counts how long a tag is unknown from the first answer that says so, not from an outage before', async () => {
    const unknown = { ...outcomes.deferred, reason: 'TAG_NOT_FOUND' } as const;
    await put('in-flight');
    await receive(outcomes.deferred, outstanding);
    await fly(`deferred_since = now() - interval '25 hours'`);
    await receive(unknown, outstanding);
    expect(await read()).toBe('dirty');
    // An answer of another kind breaks the row.
    await fly(`unknown_since = now() - interval '25 hours'`);
    await receive(outcomes.deferred, outstanding);
    await fly();
    expect(await receive(unknown, outstanding)).toMatchObject({ deferred: 1, failed: 0 });
    expect(await read()).toBe('dirty');
  });

  it('TC-15 moves the due time on with each change, never past the longest wait', async () => {
    await markDirty(store.sql, ['1'], { debounceSeconds: 180, maxWaitSeconds: 900 });
    await store.sql`update uns_meta.metric_sync set dirty_since = now() - interval '800 seconds', due_at = now() + interval '10 seconds'`;
    await markDirty(store.sql, ['1'], { debounceSeconds: 180, maxWaitSeconds: 900 });
    const [row] = await store.sql<{ left: number }[]>`
      select round(extract(epoch from due_at - now()))::int as left from uns_meta.metric_sync`;
    expect(row?.left).toBe(100);
  });

  it('passes over ids that are no metrics', async () => {
    expect(await markDirty(store.sql, ['999', '1', '998'], { debounceSeconds: 1, maxWaitSeconds: 1 })).toBe(1);
  });
});
