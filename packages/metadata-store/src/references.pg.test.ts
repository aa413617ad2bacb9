import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import type { Sql, TransactionSql } from 'postgres';
import { testStore, type TestStore } from './testing/test-store.ts';

const referenceViolated = { code: '23503' };

describe('properties refer to metrics', () => {
  let store: TestStore;
  let [first, second] = ['', ''];

  beforeAll(async () => {
    store = await testStore();
  });

  afterAll(async () => {
    await store[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    await store.sql`truncate uns_meta.devices, uns_meta.metrics cascade`;
    const ids = await store.sql<{ id: string }[]>`
      with device as (
        insert into uns_meta.devices (group_id, edge, device, uns_path) values ('G', 'E', 'D', 'G/E/D') returning device_id
      )
      insert into uns_meta.metrics (device_id, name, uns_path, datatype)
      select device_id, name, 'G/E/D/' || name, 10 from device, (values ('first'), ('second')) as names (name)
      returning metric_id as id`;
    [first, second] = [ids[0]?.id ?? '', ids[1]?.id ?? ''];
  });

  const addProperty = (id: string, sql: TransactionSql | Sql = store.sql) => sql`
    insert into uns_meta.metric_properties (metric_id, key, type, string_value) values (${id}, 'unit', 'string', 'mm')`;

  it('DI-02 refuses a property of no metric, in any statement', async () => {
    await addProperty(first);
    await expect(addProperty('-1')).rejects.toMatchObject(referenceViolated);
    await expect(store.sql`update uns_meta.metric_properties set metric_id = -1`).rejects.toMatchObject(
      referenceViolated,
    );
    await expect(
      store.sql`
        insert into uns_meta.metric_properties (metric_id, key, type, string_value)
        values (${second}, 'unit', 'string', 'mm'), (-1, 'unit', 'string', 'mm')`,
    ).rejects.toMatchObject(referenceViolated);
    expect(await store.sql`select metric_id from uns_meta.metric_properties`).toHaveLength(1);
  });

  it('DI-02 refuses to take a metric from its properties', async () => {
    await addProperty(first);
    await store.sql`delete from uns_meta.metrics where metric_id = ${second}`;
    await expect(store.sql`delete from uns_meta.metrics`).rejects.toMatchObject(referenceViolated);
    await expect(store.sql`update uns_meta.metrics set metric_id = default`).rejects.toMatchObject(referenceViolated);
    await store.sql`truncate uns_meta.metrics cascade`;
    expect(await store.sql`select from uns_meta.metric_properties`).toHaveLength(0);
  });

  it('keeps either the metric or the deletion, whoever comes first', async () => {
    const [writer, remover] = [store.connect(), store.connect()];
    const remove = () => remover`delete from uns_meta.metrics where metric_id = ${first}`;
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: written, resolve: hasWritten } = Promise.withResolvers<void>();
    const adding = writer.begin(async (tx) => {
      await addProperty(first, tx);
      hasWritten();
      await mayEnd;
    });
    await written;
    const removing = remove().catch((error: unknown) => error);
    await someoneWaits();
    end();
    await adding;
    expect(await removing).toMatchObject(referenceViolated);

    const removed = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const gone = remover.begin(async (tx) => {
      await tx`delete from uns_meta.metrics where metric_id = ${second}`;
      removed.resolve();
      await mayCommit.promise;
    });
    await removed.promise;
    const late = addProperty(second, writer).catch((error: unknown) => error);
    await someoneWaits();
    mayCommit.resolve();
    await gone;
    expect(await late).toMatchObject(referenceViolated);
  });

  const someoneWaits = () =>
    eventually(async () => {
      const waiting = await store.sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      expect(waiting).toHaveLength(1);
    });
});
