import { eventually } from '@uns/local-servers/testing';
import { readProgress } from '@uns/metadata-store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cdcHarness, confirmedLsn, type CdcHarness } from '../testing/cdc-harness.ts';
import { ownServer, type OwnServer } from '../testing/own-server.ts';
import { parseLsn } from './lsn.ts';
import type { ReplicatorOptions } from './replicator.ts';

const patience = { timeoutMs: 20_000 };

describe('the replicator, when the server has its own ideas', () => {
  let own: OwnServer;
  let cdc: CdcHarness;

  beforeAll(async () => {
    own = await ownServer();
  }, 60_000);
  afterAll(() => own[Symbol.asyncDispose]());
  beforeEach(async () => {
    cdc = await cdcHarness(await own.store());
  });
  afterEach(async () => {
    await set('max_slot_wal_keep_size', null);
    await set('synchronous_standby_names', null);
    await cdc[Symbol.asyncDispose]();
  });

  const set = async (name: string, value: string | null): Promise<void> => {
    await cdc.store.sql.unsafe(value === null ? `alter system reset ${name}` : `alter system set ${name} = '${value}'`);
    await cdc.store.sql`select pg_reload_conf()`;
  };
  const clearSync = () => cdc.store.sql`delete from uns_meta.metric_sync`;
  const untilStreaming = (replicator: { state: string }) =>
    eventually(() => expect(replicator.state).toBe('streaming'), patience);
  const walStatus = async (): Promise<string | undefined> => {
    const [row] = await cdc.store.sql<{ status: string }[]>`
      select wal_status as status from pg_replication_slots where slot_name = ${cdc.slot}`;
    return row?.status;
  };
  /** Fills the log until the server gives the slot up. */
  const loseSlot = async (): Promise<void> => {
    await set('max_slot_wal_keep_size', '1MB');
    await eventually(async () => {
      await cdc.store.sql`select pg_logical_emit_message(false, 'fill', repeat('x', 1000))`;
      await cdc.store.sql`select pg_switch_wal()`;
      await cdc.store.sql`checkpoint`;
      expect(await walStatus()).toBe('lost');
    }, patience);
    await set('max_slot_wal_keep_size', null);
  };
  const counted = async (counter: { get(): Promise<{ values: { value: number; labels: object }[] }> }) =>
    (await counter.get()).values.filter(({ value }) => value > 0);

  it('PROMISE-1 records a commit when others can see it: synchronous replication may show it much later than the log has it', async () => {
    // What cdc itself writes waits for no standby; connections made from now on.
    await cdc.store.sql`alter role postgres set synchronous_commit = local`;
    const store = cdc.store.connect();
    const writer = cdc.store.connect();
    const known = await cdc.addMetric('known', { unit: 'bar' });
    const replicator = cdc.replicator({ sql: store });
    cdc.run(replicator);
    await untilStreaming(replicator);
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([known]));
    await store`delete from uns_meta.metric_sync`;

    await set('synchronous_standby_names', 'nobody');
    const committing = writer.begin(async (tx) => {
      await tx`set local synchronous_commit = on`;
      await tx`insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (1, 'new', 'g/e/d/new', 9)`;
      await tx`update uns_meta.metric_properties set string_value = 'mbar' where metric_id = ${known}`;
    });
    const [sent] = await eventually(async () => {
      const waiting = await store<{ lsn: string; at: Date }[]>`
        select pg_current_wal_lsn()::text as lsn, clock_timestamp() as at
        from pg_stat_activity where wait_event = 'SyncRep' and datname = current_database()`;
      expect(waiting).toHaveLength(1);
      return waiting;
    }, patience);
    // It is on the stream, and the process that reads the stream has answered since.
    await eventually(async () => {
      const [reader] = await store<{ there: boolean }[]>`
        select sent_lsn >= ${sent?.lsn ?? ''}::pg_lsn and reply_time > ${sent?.at ?? new Date()}::timestamptz + interval '300 ms' as there
        from pg_stat_replication
        where pid = (select active_pid from pg_replication_slots where slot_name = ${cdc.slot})`;
      expect(reader?.there).toBe(true);
    }, patience);
    const [unseen] = await store`select 1 from uns_meta.metrics where name = 'new'`;
    expect(unseen).toBeUndefined();

    await store.unsafe(`alter system reset synchronous_standby_names`);
    await store`select pg_reload_conf()`;
    await committing;
    await eventually(async () => expect(await cdc.dirtyIds()).toHaveLength(2), patience);
  }, 40_000);

  it('PROMISE-1 makes a slot again that the server has given up, and of two processes that see it one does', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar' });
    const first = cdc.replicator();
    const stop = cdc.run(first);
    await untilStreaming(first);
    stop.abort(new Error('stopped'));
    await eventually(async () => {
      const rows = await cdc.store.sql`select 1 from pg_replication_slots where slot_name = ${cdc.slot} and not active`;
      expect(rows).toHaveLength(1);
    });
    await clearSync();
    await loseSlot();

    const doubtsBefore = await counted(cdc.metrics.slotDoubts);
    let comparing = 0;
    const compared = Promise.withResolvers<void>();
    const reconcile: ReplicatorOptions['reconcile'] = async (signal, cause) => {
      comparing += 1;
      await compared.promise;
      await cdc.reconciler().repairDoubt(signal, cause);
    };
    const both = [cdc.replicator({ reconcile }), cdc.replicator({ reconcile })];
    for (const replicator of both) cdc.run(replicator);
    await eventually(() => {
      expect(both.map((replicator) => replicator.state).toSorted()).toEqual(['reconciling', 'standby']);
    }, patience);
    await eventually(() => expect(comparing).toBe(1));
    compared.resolve();
    await eventually(() => {
      expect(both.map((replicator) => replicator.state).toSorted()).toEqual(['standby', 'streaming']);
    }, patience);
    expect(await cdc.dirtyIds()).toEqual([a]);
    expect(doubtsBefore).toEqual([{ labels: { action: 'create' }, value: 1 }]);
    expect(await counted(cdc.metrics.slotDoubts)).toEqual([
      { labels: { action: 'create' }, value: 1 },
      { labels: { action: 'recreate' }, value: 1 },
    ]);
    expect(await counted(cdc.metrics.streamReconnects)).toEqual([]);
    await clearSync();
    const b = await cdc.addMetric('b');
    await eventually(async () => expect(await cdc.dirtyIds()).toEqual([b]), patience);
  }, 40_000);

  it('PROMISE-1 makes the slot again when the server gives it up while it is read', async () => {
    const a = await cdc.addMetric('a', { unit: 'bar' });
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    await clearSync();
    await cdc.store.sql.begin(async (tx) => {
      // The recorder waits, so that nothing is acknowledged.
      await tx`lock table uns_meta.metric_sync in access exclusive mode`;
      await cdc.addMetric('b', { unit: 'x' });
      await loseSlot();
    });
    await eventually(async () => {
      expect(await walStatus()).toBe('reserved');
      expect(await cdc.dirtyIds()).toEqual([a, String(Number(a) + 1)]);
    }, patience);
  }, 40_000);

  it('PROMISE-1 loses nothing when the server crashes after acknowledgements and forgets the last of them', async () => {
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await untilStreaming(replicator);
    const expected: string[] = [];
    for (const mode of ['immediate', 'killed'] as const) {
      const writers = Array.from({ length: 4 }, () => cdc.store.connect());
      const committed = await Promise.all(
        writers.map(async (sql, w) => {
          const ids: string[] = [];
          for (let i = 0; i < 10; i += 1) {
            const name = `${mode}-${w}-${i}`;
            const [row] = await sql<{ id: string }[]>`
              insert into uns_meta.metrics (device_id, name, uns_path, datatype)
              values (1, ${name}, ${`g/e/d/${name}`}, 9) returning metric_id as id`;
            ids.push(row?.id ?? '');
          }
          return ids;
        }),
      );
      expected.push(...committed.flat());
      await eventually(async () => {
        const [confirmed, progress] = [
          await confirmedLsn(cdc.store, cdc.slot),
          await readProgress(cdc.store.sql, cdc.slot),
        ];
        expect(parseLsn(confirmed ?? '')).toBe(parseLsn(progress?.recordedLsn ?? '') + 1n);
      });
      const acknowledged = parseLsn((await confirmedLsn(cdc.store, cdc.slot)) ?? '');
      if (mode === 'killed') await own.server.kill();
      await own.server.restart('immediate');
      const remembered = await eventually(() => confirmedLsn(cdc.store, cdc.slot), patience);
      // Else the test shows less than it says.
      expect(parseLsn(remembered ?? '')).toBeLessThan(acknowledged);
      const late = await eventually(() => cdc.addMetric(`after ${mode}`), patience);
      expected.push(late);
      await eventually(async () => expect(new Set(await cdc.dirtyIds())).toEqual(new Set(expected)), patience);
    }
  }, 60_000);
});
