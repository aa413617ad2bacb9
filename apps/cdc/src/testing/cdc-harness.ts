import { eventually } from '@uns/local-servers/testing';
import { recordReceipts, type DeferPolicy } from '@uns/metadata-store';
import { testStore, type TestStore } from '@uns/metadata-store/testing';
import { Registry, silentLogger, systemClock } from '@uns/service';
import { writeJobSchema, type Receipt, type WriteJob } from '@uns/uns';
import { cdcMetrics, type CdcMetrics } from '../cdc-metrics.ts';
import { Flusher, type FlusherOptions } from '../flush/flusher.ts';
import { Reconciler } from '../repair/reconciler.ts';
import { untilCaughtUp } from '../replication/caught-up.ts';
import { replicationConnection } from '../replication/replication-connection.ts';
import { Replicator, type ReplicatorOptions } from '../replication/replicator.ts';

export const policy = { volatile: ['Quality'], removed: 'blank' } as const;

export const deferPolicy: DeferPolicy = {
  baseSeconds: 300,
  capSeconds: 21_600,
  unansweredCapSeconds: 900,
  giveUpSeconds: 86_400,
};

/** A store with one device, and the parts of cdc that work on it, each to be started by the test. */
export interface CdcHarness {
  store: TestStore;
  slot: string;
  metrics: CdcMetrics;
  jobs: WriteJob[];
  replicator(options?: Partial<ReplicatorOptions>): Replicator;
  flusher(options?: Partial<FlusherOptions>): Flusher;
  reconciler(options?: { caughtUpWithinMs: number }): Reconciler;
  /** Runs until the scope ends; a failure of the loop fails the disposal. */
  run(loop: { run(signal: AbortSignal): Promise<void> }): AbortController;
  addMetric(name: string, properties?: Record<string, string>): Promise<string>;
  setUnit(metricId: string, value: string): Promise<unknown>;
  /** Metrics marked dirty, by id. */
  dirtyIds(): Promise<string[]>;
  /** The next job that the flusher has made, once there is one. */
  nextJob(): Promise<WriteJob>;
  record(receipt: Receipt): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** On a database of the test server, or on the store given, which it disposes of too. */
export async function cdcHarness(given?: TestStore): Promise<CdcHarness> {
  const store = given ?? (await testStore());
  // Slots belong to the server, not to the database: the name of the database keeps them apart.
  const slot = new URL(store.url).pathname.slice(1);
  const metrics = cdcMetrics(new Registry());
  const jobs: WriteJob[] = [];
  const running: { stop: AbortController; ended: Promise<void> }[] = [];
  const common = { sql: store.sql, clock: systemClock, logger: silentLogger, metrics };
  await store.sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d')`;

  const reconciler = ({ caughtUpWithinMs } = { caughtUpWithinMs: 10_000 }): Reconciler =>
    new Reconciler({
      ...common,
      policy,
      stepSize: 100,
      everyMs: 3_600_000,
      caughtUp: (signal) => untilCaughtUp(store.sql, { slot, withinMs: caughtUpWithinMs, clock: systemClock, signal }),
    });
  return {
    store,
    slot,
    metrics,
    jobs,
    reconciler,
    replicator: (options = {}) =>
      new Replicator({
        ...common,
        connection: replicationConnection({
          url: store.url,
          tls: 'off',
          walSenderTimeoutMs: 3000,
          decodingMemoryMb: 64,
        }),
        slot,
        publication: 'uns_meta_pub',
        debounce: { debounceSeconds: 0, maxWaitSeconds: 0 },
        heartbeatEveryMs: 200,
        reconcile: (signal, cause) => reconciler().repairDoubt(signal, cause),
        ...options,
      }),
    flusher: (options = {}) =>
      new Flusher({
        ...common,
        policy,
        limits: { maxTags: 100, maxBytes: 900_000 },
        claimLimit: 1000,
        highWaterJobs: 1000,
        pollMs: 20,
        queue: {
          depth: () => Promise.resolve(0),
          add: (added) => {
            jobs.push(...added);
            return Promise.resolve();
          },
        },
        ...options,
      }),
    run: (loop) => {
      const stop = new AbortController();
      running.push({ stop, ended: loop.run(stop.signal) });
      return stop;
    },
    addMetric: async (name, properties = {}) => {
      const [row] = await store.sql<{ id: string }[]>`
        insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (1, ${name}, ${`g/e/d/${name}`}, 9)
        returning metric_id as id`;
      const id = row?.id ?? '';
      for (const [key, value] of Object.entries(properties)) {
        await store.sql`
          insert into uns_meta.metric_properties (metric_id, key, type, string_value) values (${id}, ${key}, 'string', ${value})`;
      }
      return id;
    },
    setUnit: (metricId, value) => store.sql`
      update uns_meta.metric_properties set string_value = ${value} where metric_id = ${metricId} and key = 'unit'`,
    dirtyIds: async () => {
      const rows = await store.sql<{ id: string }[]>`
        select metric_id as id from uns_meta.metric_sync where dirty_since is not null order by metric_id`;
      return rows.map((row) => row.id);
    },
    nextJob: () =>
      eventually(() => {
        const job = jobs.shift();
        if (job === undefined) throw new Error('no job yet');
        return writeJobSchema.parse(job);
      }),
    record: (receipt) => recordReceipts(store.sql, [receipt], deferPolicy),
    [Symbol.asyncDispose]: async () => {
      for (const { stop } of running) stop.abort(new Error('the test is over'));
      await Promise.all(running.map(({ ended }) => ended));
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Positions of the slot as the server sees them. */
export async function confirmedLsn(store: TestStore, slot: string): Promise<string | null> {
  const [row] = await store.sql<{ lsn: string | null }[]>`
    select confirmed_flush_lsn::text as lsn from pg_replication_slots where slot_name = ${slot}`;
  return row?.lsn ?? null;
}
