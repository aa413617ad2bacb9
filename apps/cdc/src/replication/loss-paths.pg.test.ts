import { eventually } from '@uns/local-servers/testing';
import { silentLogger, systemClock } from '@uns/service';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LogicalReplicationService } from 'pg-logical-replication';
import type { TestStore } from '@uns/metadata-store/testing';
import { confirmedLsn } from '../testing/cdc-harness.ts';
import { ownServer, type OwnServer } from '../testing/own-server.ts';
import { ChangeStream } from './change-stream.ts';
import { formatLsn, parseLsn, type Lsn } from './lsn.ts';
import type { Change } from './parse-change.ts';
import { PendingChanges, type ChangeBatch } from './pending-changes.ts';
import { replicationConnection } from './replication-connection.ts';
import { createSlot, readSlot } from './slot.ts';
import { WakeUpPlugin } from './wake-up-plugin.ts';

const slot = 'loss_paths';
const publication = 'uns_meta_pub';

/**
 * Each of the ways in which pg-logical-replication 2.5 acknowledges what nobody has recorded. A plain use of the library runs beside the
 * product through the same events, and loses: so the events are the ones that matter.
 */
describe('ways to lose a commit', () => {
  let own: OwnServer;
  let store: TestStore;
  let cleanUp: AsyncDisposableStack;

  beforeAll(async () => {
    own = await ownServer();
  }, 60_000);
  afterAll(() => own[Symbol.asyncDispose]());
  beforeEach(async () => {
    store = await own.store();
    cleanUp = new AsyncDisposableStack();
    cleanUp.defer(() => store[Symbol.asyncDispose]());
    await store.sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d')`;
    await createSlot(store.sql, slot);
    cleanUp.defer(() =>
      eventually(async () => {
        await store.sql`select pg_terminate_backend(active_pid) from pg_replication_slots where active`;
        await store.sql`select pg_drop_replication_slot(${slot})`;
      }),
    );
  });
  afterEach(() => cleanUp.disposeAsync());

  const connection = () =>
    replicationConnection({ url: store.url, tls: 'off', walSenderTimeoutMs: 60_000, decodingMemoryMb: 64 });
  const addMetric = async (name: string): Promise<number> => {
    const [row] = await store.sql<{ id: string }[]>`
      insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (1, ${name}, ${`g/e/d/${name}`}, 9)
      returning metric_id as id`;
    return Number(row?.id);
  };
  const confirmed = async (): Promise<Lsn> => parseLsn((await confirmedLsn(store, slot)) ?? '');

  /** Our stream, from what the slot has confirmed. */
  async function ours(pending = new PendingChanges()) {
    const found = await eventually(async () => {
      const free = await readSlot(store.sql, slot);
      expect(free?.activePid).toBeNull();
      return free;
    });
    const stream = new ChangeStream({
      connection: connection(),
      slot,
      publication,
      confirmed: found?.confirmed ?? 0n,
      pending,
      clock: systemClock,
      logger: silentLogger,
    });
    await stream.start();
    const taken: ChangeBatch[] = [];
    const all = new AbortController();
    const taking = (async () => {
      while (!all.signal.aborted) taken.push(await pending.take(all.signal));
    })().catch(() => undefined);
    const close = async (): Promise<void> => {
      all.abort(new Error('closed'));
      await taking;
      await stream.close();
    };
    return { stream, close, seen: () => taken.flatMap((batch) => batch.metricIds), taken };
  }

  /** The library as its examples use it. */
  async function plain(
    service: LogicalReplicationService,
    onChange: (change: Change) => void | Promise<void>,
    from?: string,
  ) {
    await eventually(async () => expect((await readSlot(store.sql, slot))?.activePid).toBeNull());
    service.removeAllListeners('data');
    service.on('data', (_lsn: string, change: Change) => onChange(change));
    service.on('error', () => undefined);
    const plugin = new WakeUpPlugin(publication);
    const ended = from === undefined ? service.subscribe(plugin, slot) : service.subscribe(plugin, slot, from);
    ended.catch(() => undefined);
    await eventually(async () => expect((await readSlot(store.sql, slot))?.activePid).not.toBeNull());
  }
  const ids = (changes: Change[]): number[] =>
    changes.flatMap((change) => (change.kind === 'row' ? [...change.metricIds] : []));
  const libraryOn = (
    options: ConstructorParameters<typeof LogicalReplicationService>[1],
  ): LogicalReplicationService => {
    const service = new LogicalReplicationService(connection().clientConfig, options);
    cleanUp.defer(async () => {
      await service.destroy();
    });
    return service;
  };

  it('PROMISE-1 path 1: a timer acknowledges what was received', async () => {
    const [received, before] = [[] as Change[], await confirmed()];
    // Only the timers of the library: ours take their time from elsewhere.
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask', 'performance', 'hrtime'],
    });
    cleanUp.defer(() => {
      jest.useRealTimers();
    });
    const { stream, seen, close } = await ours();
    cleanUp.defer(close);
    const a = await addMetric('a');
    await eventually(() => expect(seen()).toEqual([a]));
    for (let second = 0; second < 30; second += 1) jest.advanceTimersByTime(1000);
    stream.tick();
    // A second commit comes after whatever was sent.
    const b = await addMetric('b');
    await eventually(() => expect(seen()).toEqual([a, b]));
    expect(await confirmed()).toBe(before);
    await close();

    await plain(
      libraryOn({ acknowledge: { auto: false, timeoutSeconds: 10 } }),
      (change) => void received.push(change),
    );
    await eventually(() => expect(ids(received)).toEqual([a, b]));
    await eventually(async () => {
      jest.advanceTimersByTime(12_000);
      expect(await confirmed()).toBeGreaterThan(before);
    });
  });

  it('PROMISE-1 path 2: acknowledging the end of a commit acknowledges the commit that begins there', async () => {
    const [one, two] = [store.connect(), store.connect()];
    const adjacent = async (names: [string, string]): Promise<void> => {
      const ready = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
      const go = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
      const commits = [one, two].map((sql, i) =>
        sql.begin(async (tx) => {
          const name = names[i] ?? '';
          await tx`insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (1, ${name}, ${`g/e/d/${name}`}, 9)`;
          ready[i]?.resolve();
          await go[i]?.promise;
        }),
      );
      await Promise.all(ready.map(({ promise }) => promise));
      for (const [i, { resolve }] of go.entries()) {
        resolve();
        await commits[i];
      }
    };
    const readCommits = async (): Promise<{ lsn: Lsn; end: Lsn }[]> => {
      const rows = await store.sql<{ data: Buffer }[]>`
        select data from pg_logical_slot_peek_binary_changes(${slot}, null, null, 'proto_version', '1', 'publication_names', ${publication})`;
      return rows
        .filter(({ data }) => data[0] === 'C'.charCodeAt(0))
        .map(({ data }) => ({ lsn: data.readBigUInt64BE(2), end: data.readBigUInt64BE(10) }));
    };
    // The server writes notes of its own between now and then: until two commits are side by side.
    let pairs = 0;
    const [earlier] = await eventually(async () => {
      pairs += 1;
      await adjacent([`a${pairs}`, `b${pairs}`]);
      const last = (await readCommits()).slice(-2);
      expect(last[1]?.lsn).toBe(last[0]?.end);
      return last;
    });
    const [marked] = await store.sql<{ id: string }[]>`
      select metric_id as id from uns_meta.metrics where name = ${`b${pairs}`}`;

    const first = await ours();
    await eventually(() => expect(first.seen()).toHaveLength(pairs * 2));
    first.stream.recorded(earlier?.lsn ?? 0n);
    await eventually(async () => expect(await confirmed()).toBe((earlier?.lsn ?? 0n) + 1n));
    await first.close();
    const second = await ours();
    await eventually(() => expect(second.seen()).toEqual([Number(marked?.id)]));
    await second.close();

    const received: Change[] = [];
    const library = libraryOn({ acknowledge: { auto: false, timeoutSeconds: 0 } });
    await plain(library, () => undefined);
    await library.acknowledge(formatLsn(earlier?.end ?? 0n));
    await eventually(async () => expect(await confirmed()).toBe((earlier?.end ?? 0n) + 1n));
    await library.stop();
    await plain(
      libraryOn({ acknowledge: { auto: false, timeoutSeconds: 0 } }),
      (change) => void received.push(change),
      '0/0',
    );
    const marker = await addMetric('marker');
    await eventually(() => expect(ids(received)).toEqual([marker]));
  });

  it('PROMISE-1 path 3: subscribing again goes on from what was received', async () => {
    const a = await addMetric('a');
    for (let connections = 0; connections < 2; connections += 1) {
      const { seen, close } = await ours();
      await eventually(() => expect(seen()).toEqual([a]));
      await close();
    }
    const received: Change[] = [];
    const library = libraryOn({ acknowledge: { auto: false, timeoutSeconds: 0 } });
    await plain(library, (change) => void received.push(change));
    await eventually(() => expect(ids(received)).toEqual([a]));
    await library.stop();
    received.length = 0;
    // The same place in the log as received may be sent again; a commit more makes it move on.
    const b = await addMetric('b');
    await plain(library, (change) => void received.push(change));
    await eventually(() => expect(ids(received)).toEqual([b]));
  });

  it('PROMISE-1 path 4: a change that could not be handled is acknowledged all the same', async () => {
    const before = await confirmed();
    const a = await addMetric('a');
    class FailingChanges extends PendingChanges {
      override add(): void {
        throw new Error('no room');
      }
    }
    const failing = await ours(new FailingChanges());
    await expect(failing.stream.failed).rejects.toThrow('no room');
    await failing.close();
    expect(await confirmed()).toBe(before);

    const library = libraryOn({ acknowledge: { auto: true, timeoutSeconds: 0 }, flowControl: { enabled: true } });
    await plain(library, (change) => (change.kind === 'row' ? Promise.reject(new Error('no room')) : undefined));
    await eventually(async () => expect(await confirmed()).toBeGreaterThan(before));
    await library.stop();
    const again = await ours();
    const marker = await addMetric('marker');
    await eventually(() => expect(again.seen()).toContain(marker));
    expect(again.seen()).not.toContain(a);
    await again.close();
  });

  it('PROMISE-1 ends the stream, not the process, at a message it cannot read', async () => {
    await store.sql.unsafe('create table uns_meta.stray (id int primary key)');
    await store.sql.unsafe(`alter publication ${publication} add table uns_meta.stray`);
    const before = await confirmed();
    const reader = await ours();
    await store.sql`insert into uns_meta.stray values (1)`;
    await expect(reader.stream.failed).rejects.toThrow('uns_meta.stray is published without its metric_id');
    await reader.close();
    expect(await confirmed()).toBe(before);
  });
});
