import { eventually } from '@uns/local-servers/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cdcSettings } from '../config.ts';
import { cdcHarness, confirmedLsn, type CdcHarness } from '../testing/cdc-harness.ts';
import { tcpProxy } from '../testing/tcp-proxy.ts';
import { parseLsn } from './lsn.ts';
import { replicationConnection } from './replication-connection.ts';

describe('the replicator, when the network fails it', () => {
  let cdc: CdcHarness;
  beforeEach(async () => {
    cdc = await cdcHarness();
  });
  afterEach(() => cdc[Symbol.asyncDispose]());

  const through = (url: string, walSenderTimeoutMs = 3000) =>
    replicationConnection({ url, tls: 'off', walSenderTimeoutMs, decodingMemoryMb: 64 });
  const dirty = async (): Promise<number> => {
    const [row] = await cdc.store.sql<{ count: number }[]>`
      select count(*)::int as count from uns_meta.metric_sync where dirty_since is not null`;
    return row?.count ?? 0;
  };

  it('PROMISE-1 takes over within 15 s from a process whose connection is open at the one end only', async () => {
    await using proxy = await tcpProxy(cdc.store.url);
    const walSenderTimeoutMs = cdcSettings.walSenderTimeoutMs.default?.value ?? Number.NaN;
    const first = cdc.replicator({ connection: through(proxy.url, walSenderTimeoutMs) });
    cdc.run(first);
    await eventually(() => expect(first.state).toBe('streaming'));
    const second = cdc.replicator();
    cdc.run(second);
    await eventually(() => expect(second.state).toBe('standby'));
    proxy.freeze();
    const frozenMs = performance.now();
    await cdc.addMetric('a');
    await eventually(() => expect(second.state).toBe('streaming'), { timeoutMs: 20_000 });
    expect(performance.now() - frozenMs).toBeLessThan(15_000);
    await eventually(async () => expect(await dirty()).toBe(1));
  }, 40_000);

  it('PROMISE-1 reads a long transaction again from its start when the connection breaks in the middle of it', async () => {
    await using proxy = await tcpProxy(cdc.store.url);
    const replicator = cdc.replicator({ connection: through(proxy.url) });
    cdc.run(replicator);
    await eventually(() => expect(replicator.state).toBe('streaming'));
    await cdc.store.sql`
      insert into uns_meta.metrics (device_id, name, uns_path, datatype)
      select 1, 'm' || i, 'g/e/d/m' || i, 9 from generate_series(1, 2000) as i`;
    await eventually(async () => expect(await dirty()).toBe(2000));
    await cdc.store.sql`delete from uns_meta.metric_sync`;
    // Some 20,000 messages of more than 40 bytes: broken far from either end.
    const cut = proxy.cutAfter(400_000);
    await cdc.store.sql`
      insert into uns_meta.metric_properties (metric_id, key, type, int_value)
      select metric_id, 'k' || i, 'int', i from generate_series(1, 10) as i, uns_meta.metrics`;
    await cut;
    await eventually(async () => expect(await dirty()).toBe(2000), { timeoutMs: 20_000 });
    expect((await cdc.metrics.streamReconnects.get()).values[0]?.value).toBeGreaterThan(0);
  }, 40_000);

  it('PROMISE-1 sees nothing of a long transaction whose writer is killed, and everything after it', async () => {
    const a = await cdc.addMetric('a');
    const replicator = cdc.replicator();
    cdc.run(replicator);
    await eventually(() => expect(replicator.state).toBe('streaming'));
    await cdc.store.sql`delete from uns_meta.metric_sync`;
    const writer = cdc.store.connect();
    const writing = writer.begin(async (tx) => {
      await tx`
        insert into uns_meta.metric_properties (metric_id, key, type, int_value)
        select ${a}, 'k' || i, 'int', i from generate_series(1, 20000) as i`;
      const [self] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await cdc.store.sql`select pg_terminate_backend(${self?.pid ?? 0}, 5000)`;
      await tx`select 1`;
    });
    await expect(writing).rejects.toBeDefined();
    const b = await cdc.addMetric('b');
    await eventually(async () => {
      const rows = await cdc.store.sql`select metric_id as id from uns_meta.metric_sync where dirty_since is not null`;
      expect(rows).toEqual([{ id: b }]);
    });
    const [end] = await cdc.store.sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
    await eventually(async () =>
      expect(parseLsn((await confirmedLsn(cdc.store, cdc.slot)) ?? '')).toBeGreaterThan(parseLsn(end?.lsn ?? '')),
    );
  });
});
