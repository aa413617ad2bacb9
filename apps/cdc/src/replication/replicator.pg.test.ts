import { eventually } from '@uns/local-servers/testing';
import { readProgress } from '@uns/metadata-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cdcHarness, confirmedLsn, type CdcHarness } from '../testing/cdc-harness.ts';
import { parseLsn } from './lsn.ts';

describe('the replicator', () => {
  let cdc: CdcHarness;

  beforeEach(async () => {
    cdc = await cdcHarness();
  });
  afterEach(() => cdc[Symbol.asyncDispose]());

  const clearSync = () => cdc.store.sql`delete from uns_meta.metric_sync`;
  /** Everything committed so far is recorded: the position, which the heartbeat moves, is past it. */
  const untilRecorded = async (): Promise<void> => {
    const [now] = await cdc.store.sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
    await eventually(async () => {
      const progress = await readProgress(cdc.store.sql, cdc.slot);
      expect(parseLsn(progress?.recordedLsn ?? '')).toBeGreaterThanOrEqual(parseLsn(now?.lsn ?? ''));
    });
  };
  const untilStreaming = (replicator: { state: string }) =>
    eventually(() => expect(replicator.state).toBe('streaming'));

  it('TC-15 marks what changes in metrics and metric_properties, and nothing else', async () => {
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    const a = await cdc.addMetric('a', { unit: 'bar' });
    await untilRecorded();
    expect(await cdc.dirtyIds()).toEqual([a]);
    await clearSync();
    // Not published; and a later change that is, so that the absence of the first can be seen.
    await cdc.store.sql`update uns_meta.devices set last_birth_at = now()`;
    await cdc.store.sql`insert into uns_meta.metric_fingerprints values (${a}, ''::bytea)`;
    const b = await cdc.addMetric('b');
    await untilRecorded();
    expect(await cdc.dirtyIds()).toEqual([b]);
  });

  it('TC-17 sees updates, deletions, moved rows and what subtransactions did, in one record after the commit', async () => {
    const [a, b, c] = [
      await cdc.addMetric('a', { x: '1' }),
      await cdc.addMetric('b', { x: '1' }),
      await cdc.addMetric('c'),
    ];
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    await clearSync();
    await cdc.store.sql`delete from uns_meta.metric_properties where metric_id = ${a}`;
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
    await clearSync();
    await cdc.store.sql`update uns_meta.metric_properties set metric_id = ${c} where metric_id = ${b}`;
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([b, c]));
    await clearSync();
    await cdc.store.sql.begin(async (tx) => {
      await tx`update uns_meta.metrics set datatype = 10 where metric_id = ${a}`;
      await tx.savepoint((sp) => sp`update uns_meta.metrics set datatype = 10 where metric_id = ${b}`);
      await tx
        .savepoint(async (sp) => {
          await sp`update uns_meta.metrics set datatype = 10 where metric_id = ${c}`;
          throw new Error('rolled back');
        })
        .catch(() => undefined);
    });
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a, b]));
  });

  it('PROMISE-1 delivers on a first start what was written before there was a slot', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar' });
    cdc.run(cdc.replicator());
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
    const repairs = await cdc.metrics.reconcileRepairs.get();
    expect(repairs.values).toContainEqual({ labels: { cause: 'position-in-doubt' }, value: 1 });
  });

  it('PROMISE-1 acknowledges nothing that is not recorded', async () => {
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    // A lock on metric_sync keeps the recorder from recording, while changes and heartbeats go on.
    await cdc.store.sql.begin(async (tx) => {
      await tx`lock table uns_meta.metric_sync in access exclusive mode`;
      await cdc.addMetric('a', { unit: 'bar' });
      const [row] = await cdc.store.sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
      await eventually(async () => {
        const [sent] = await cdc.store.sql<{ there: boolean }[]>`
          select coalesce(bool_or(sent_lsn >= ${row?.lsn ?? ''}::pg_lsn), false) as there
          from pg_stat_replication where application_name = 'uns-cdc-stream' and pid = (
            select active_pid from pg_replication_slots where slot_name = ${cdc.slot})`;
        expect(sent?.there).toBe(true);
      });
      // The keepalives that the server asks for within its timeout are answered, with the old position.
      const confirmed = await confirmedLsn(cdc.store, cdc.slot);
      // Read after it: heartbeats before the change may still have been recorded meanwhile.
      const progress = await readProgress(cdc.store.sql, cdc.slot);
      expect(parseLsn(confirmed ?? '')).toBeLessThanOrEqual(parseLsn(progress?.recordedLsn ?? '') + 1n);
      expect(parseLsn(confirmed ?? '')).toBeLessThan(parseLsn(row?.lsn ?? ''));
    });
    await eventually(async () => expect(await cdc.dirtyIds()).toHaveLength(1));
    await eventually(async () => {
      const [confirmed, progress] = [
        await confirmedLsn(cdc.store, cdc.slot),
        await readProgress(cdc.store.sql, cdc.slot),
      ];
      expect(parseLsn(confirmed ?? '')).toBe(parseLsn(progress?.recordedLsn ?? '') + 1n);
    });
  });

  it('PROMISE-1 loses no change over reconnects, with several writers committing side by side', async () => {
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    const ids = await Promise.all(Array.from({ length: 40 }, (_, i) => cdc.addMetric(`m${i}`)));
    const writers = Array.from({ length: 8 }, () => cdc.store.connect());
    const expected = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      const writes = writers.flatMap((sql, w) =>
        Array.from({ length: 10 }, async (_, i) => {
          const id = ids[(w * 5 + i) % ids.length] ?? '';
          expected.add(id);
          await sql`
            insert into uns_meta.metric_properties (metric_id, key, type, int_value)
            values (${id}, ${`k${round}-${w}-${i}`}, 'int', ${round})`;
        }),
      );
      const cut = cdc.store.sql`
        select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = ${cdc.slot} and active_pid is not null`;
      await Promise.all([...writes, cut]);
      await untilStreaming(replicator);
    }
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual(ids.toSorted((a, b) => Number(a) - Number(b))), {
      timeoutMs: 20_000,
    });
    expect(expected.size).toBe(ids.length);
  });

  it('PROMISE-1 reconciles when the slot was dropped, also while it is read', async () => {
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    const terminated = await cdc.store.sql.begin(async (tx) => {
      const [row] = await tx<
        { pid: number }[]
      >`select active_pid as pid from pg_replication_slots where slot_name = ${cdc.slot}`;
      await tx`select pg_terminate_backend(${row?.pid ?? 0}, 5000)`;
      await tx`select pg_drop_replication_slot(${cdc.slot})`;
      return row?.pid;
    });
    expect(terminated).toBeDefined();
    const a = await cdc.addMetric('a', { unit: 'bar' });
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
    await eventually(async () => expect(await confirmedLsn(cdc.store, cdc.slot)).not.toBeNull());
  });

  it('PROMISE-1 reconciles when somebody moved the slot past what is recorded', async () => {
    const first = cdc.replicator();
    const stop = cdc.run(first);
    await untilStreaming(first);
    stop.abort(new Error('stopped'));
    await eventually(async () => {
      expect(
        await cdc.store.sql`select 1 from pg_replication_slots where slot_name = ${cdc.slot} and not active`,
      ).toHaveLength(1);
    });
    const a = await cdc.addMetric('a', { unit: 'bar' });
    await cdc.store.sql`select pg_replication_slot_advance(${cdc.slot}, pg_current_wal_lsn())`;
    cdc.run(cdc.replicator());
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
  });

  it('PROMISE-1 reconciles when somebody dropped the slot and made it again, with nobody reading', async () => {
    const first = cdc.replicator();
    const stop = cdc.run(first);
    await untilStreaming(first);
    stop.abort(new Error('stopped'));
    const a = await cdc.addMetric('a', { unit: 'bar' });
    await eventually(() => cdc.store.sql`select pg_drop_replication_slot(${cdc.slot})`);
    await cdc.store.sql`select pg_create_logical_replication_slot(${cdc.slot}, 'pgoutput')`;
    cdc.run(cdc.replicator());
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
    const b = await cdc.addMetric('b');
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a, b]));
  });

  it('PROMISE-1 PROMISE-6 marks the metrics of a transaction of 850,000 rows', async () => {
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    await cdc.store.sql.begin(async (tx) => {
      // The rows count here, not the versions and references that triggers make of them.
      await tx`set local session_replication_role = replica`;
      await tx`
        insert into uns_meta.metrics (device_id, name, uns_path, datatype)
        select 1, 'm' || i, 'g/e/d/m' || i, 9 from generate_series(1, 50000) as i`;
      await tx`
        insert into uns_meta.metric_properties (metric_id, key, type, int_value)
        select metric_id, 'k' || i, 'int', i from generate_series(1, 16) as i, uns_meta.metrics`;
    });
    await eventually(
      async () => {
        const [row] = await cdc.store.sql`
          select count(*)::integer as marked from uns_meta.metric_sync where dirty_since is not null`;
        expect(row).toEqual({ marked: 50_000 });
      },
      { timeoutMs: 60_000 },
    );
    expect((await cdc.metrics.streamReconnects.get()).values[0]?.value ?? 0).toBe(0);
    const repaired = (await cdc.metrics.reconcileRepairs.get()).values.map(({ value }) => value);
    expect(Math.max(...repaired)).toBe(0);
  }, 90_000);

  it('PROMISE-1 reconciles after a TRUNCATE, which no row reports', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar' });
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    await cdc.store.sql`
      update uns_meta.metric_sync
      set dirty_since = null, due_at = null, delivered = '{"unit":"bar"}', delivered_tag = 'g.e.d.a', delivered_canary_id = 'g.e.d.a'`;
    await cdc.store.sql`truncate uns_meta.metric_properties`;
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
  });

  it('PROMISE-1 reads on over changes of the tables, and sees what is written by hand', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar' });
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    await clearSync();
    const alterations = [
      'alter table uns_meta.metric_properties add column note text',
      `alter table uns_meta.metrics add column area text default 'x'`,
      'alter table uns_meta.metric_properties drop column note',
      'alter table uns_meta.metrics drop column area',
    ];
    for (const [i, alteration] of alterations.entries()) {
      await cdc.store.sql.unsafe(alteration);
      await cdc.store
        .sql`update uns_meta.metric_properties set string_value = ${`by hand ${i}`} where metric_id = ${a}`;
      await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
      await clearSync();
    }
    // Both in one transaction, which the stream has to read with the columns as they were.
    await cdc.store.sql.begin(async (tx) => {
      await tx`update uns_meta.metrics set datatype = 10 where metric_id = ${a}`;
      await tx.unsafe('alter table uns_meta.metrics add column first text');
      await tx`update uns_meta.metrics set datatype = 11 where metric_id = ${a}`;
    });
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
    expect((await cdc.metrics.streamReconnects.get()).values[0]?.value ?? 0).toBe(0);
  });

  it('PROMISE-1 sees transactions that overlap, each when it is committed', async () => {
    const [a, b] = [await cdc.addMetric('a', { x: '1' }), await cdc.addMetric('b', { x: '1' })];
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    await clearSync();
    const go = Promise.withResolvers<void>();
    const wrote = Promise.withResolvers<void>();
    const outer = cdc.store.connect().begin(async (tx) => {
      await tx`update uns_meta.metrics set datatype = 10 where metric_id = ${a}`;
      wrote.resolve();
      await go.promise;
    });
    await wrote.promise;
    await cdc.store.sql`update uns_meta.metrics set datatype = 10 where metric_id = ${b}`;
    await untilRecorded();
    expect(await cdc.dirtyIds()).toEqual([b]);
    go.resolve();
    await outer;
    await untilRecorded();
    expect(await cdc.dirtyIds()).toEqual([a, b]);
  });

  it('PROMISE-1 lets a second process stand by and take over', async () => {
    const first = cdc.replicator();
    const stopFirst = cdc.run(first);
    await untilStreaming(first);
    const second = cdc.replicator();
    cdc.run(second);
    await eventually(() => expect(second.state).toBe('standby'));
    stopFirst.abort(new Error('gone'));
    await untilStreaming(second);
    const a = await cdc.addMetric('a');
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([a]));
  });

  it('keeps an idle store from holding back its log: the heartbeat moves the slot on', async () => {
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    const before = await confirmedLsn(cdc.store, cdc.slot);
    await eventually(async () =>
      expect(parseLsn((await confirmedLsn(cdc.store, cdc.slot)) ?? '')).toBeGreaterThan(parseLsn(before ?? '')),
    );
  });
});
