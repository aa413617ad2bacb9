import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import postgres from 'postgres';
import { migrate } from './migrate/migrate.ts';
import { testStore, type TestStore } from './testing/test-store.ts';

describe('the schema', () => {
  let store: TestStore;
  let device: string;
  let serial = 0;

  beforeAll(async () => {
    store = await testStore();
    const [row] = await store.sql<{ id: string }[]>`
      insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d') returning device_id as id`;
    device = row?.id ?? '';
  });
  afterAll(() => store[Symbol.asyncDispose]());

  const addMetric = async (name = `m${(serial += 1)}`, path = `g/e/d/${name}`): Promise<string> => {
    const [row] = await store.sql<{ id: string }[]>`
      insert into uns_meta.metrics (device_id, name, uns_path, datatype) values (${device}, ${name}, ${path}, 9) returning metric_id as id`;
    return row?.id ?? '';
  };
  const refused = (code: string) => expect.objectContaining({ code }) as unknown as Error;
  const unique = '23505';
  const check = '23514';

  it('DI-01 keeps (group, edge, device), (device, name) and both paths unique', async () => {
    await expect(
      store.sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'other')`,
    ).rejects.toEqual(refused(unique));
    await expect(
      store.sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd2', 'g/e/d')`,
    ).rejects.toEqual(refused(unique));
    await addMetric('x', 'g/e/d/x');
    await expect(addMetric('x', 'g/e/d/other')).rejects.toEqual(refused(unique));
    await expect(addMetric('y', 'g/e/d/x')).rejects.toEqual(refused(unique));
    await expect(addMetric('z', 'g/e/d.X')).rejects.toEqual(refused(unique));
  });

  it('DI-02 derives canary_id on insert and on update, and lets nobody set it', async () => {
    const id = await addMetric('Kiln/KPI', 'Secil/Portugal/Cement/Kiln/KPI');
    const canary = async () =>
      (await store.sql<{ c: string }[]>`select canary_id as c from uns_meta.metrics where metric_id = ${id}`)[0]?.c;
    expect(await canary()).toBe('Secil.Portugal.Cement.Kiln.KPI');
    await store.sql`update uns_meta.metrics set uns_path = 'Secil/Portugal/Cement/Kiln 2/KPI' where metric_id = ${id}`;
    expect(await canary()).toBe('Secil.Portugal.Cement.Kiln 2.KPI');
    await expect(store.sql`update uns_meta.metrics set canary_id = 'x' where metric_id = ${id}`).rejects.toEqual(
      refused('428C9'),
    );
  });

  it('DI-03 moves updated_at with every change and created_at never', async () => {
    const id = await addMetric();
    const times = async () => {
      const [row] = await store.sql<{ c: string; u: string }[]>`
        select created_at::text as c, updated_at::text as u from uns_meta.metrics where metric_id = ${id}`;
      return row ?? { c: '', u: '' };
    };
    const before = await times();
    await store.sql`update uns_meta.metrics set datatype = 10, created_at = 'epoch', updated_at = 'epoch' where metric_id = ${id}`;
    const after = await times();
    expect(after.c).toBe(before.c);
    expect(after.u > before.u).toBe(true);
    // An update that changes nothing is none.
    await store.sql`update uns_meta.metrics set datatype = 10 where metric_id = ${id}`;
    expect(await times()).toEqual(after);
  });

  it('TC-17 never moves the time of a property back, though transactions overlap', async () => {
    const id = await addMetric();
    await store.sql`insert into uns_meta.metric_properties (metric_id, key, type, int_value) values (${id}, 'k', 'int', 1)`;
    await store.sql`update uns_meta.metric_properties set updated_at = now() + interval '1 hour', int_value = 2 where metric_id = ${id}`;
    await store.sql`alter table uns_meta.metric_properties disable trigger b_touch`;
    await store.sql`update uns_meta.metric_properties set updated_at = now() + interval '1 hour' where metric_id = ${id}`;
    await store.sql`alter table uns_meta.metric_properties enable trigger b_touch`;
    await store.sql`update uns_meta.metric_properties set int_value = 3 where metric_id = ${id}`;
    const [row] = await store.sql<{ ahead: boolean }[]>`
      select updated_at > now() + interval '59 minutes' as ahead from uns_meta.metric_properties where metric_id = ${id}`;
    expect(row?.ahead).toBe(true);
  });

  it.each([
    ['no value', 'int', {}],
    ['two values', 'int', { int_value: 1, long_value: 1 }],
    ['the value of another type', 'int', { string_value: '1' }],
  ])('DI-04 TC-04 refuses a property with %s', async (_what, type, columns) => {
    const id = await addMetric();
    await expect(
      store.sql`insert into uns_meta.metric_properties ${store.sql({ metric_id: id, key: 'k', type, ...columns })}`,
    ).rejects.toEqual(refused(check));
  });

  it.each([
    ['int', { int_value: 1 }],
    ['long', { long_value: '9223372036854775807' }],
    ['float', { float_value: 1.5 }],
    ['double', { double_value: 1.5 }],
    ['string', { string_value: '' }],
    ['boolean', { boolean_value: false }],
  ])('DI-04 TC-04 takes a property of type %s with its own value', async (type, columns) => {
    const id = await addMetric();
    await store.sql`insert into uns_meta.metric_properties ${store.sql({ metric_id: id, key: 'k', type, ...columns })}`;
    expect(await store.sql`select 1 from uns_meta.metric_properties where metric_id = ${id}`).toHaveLength(1);
  });

  it('DI-05 keeps versions append-only and each step of lineage once', async () => {
    const id = await addMetric();
    await store.sql`insert into uns_meta.metric_properties (metric_id, key, type, int_value) values (${id}, 'k', 'int', 1)`;
    for (const statement of [
      store.sql`update uns_meta.metric_versions set changed_by = 'x'`,
      store.sql`delete from uns_meta.metric_versions`,
      store.sql`truncate uns_meta.metric_versions`,
    ]) {
      await expect(statement).rejects.toThrow('append-only');
    }
    for (const path of ['g/e/d/p1', 'g/e/d/p2', 'g/e/d/p1', 'g/e/d/p2']) {
      await store.sql`update uns_meta.metrics set uns_path = ${path} where metric_id = ${id}`;
    }
    const steps =
      await store.sql`select old_uns_path || ' ' || new_uns_path as step from uns_meta.metric_path_lineage where metric_id = ${id}`;
    expect(new Set(steps.map((row) => row['step'])).size).toBe(steps.length);
    expect(steps).toHaveLength(3);
    expect(await store.sql`select 1 from uns_meta.metric_versions where metric_id = ${id}`).toHaveLength(5);
  });

  it('PROMISE-8 puts manual SQL on record, with the role that did it', async () => {
    const id = await addMetric();
    await store.sql`insert into uns_meta.metric_properties (metric_id, key, type, string_value) values (${id}, 'unit', 'string', 'bar')`;
    await using person = plainConnection(store.url);
    await person.sql`update uns_meta.metric_properties set type = 'int', string_value = null, int_value = 5 where metric_id = ${id}`;
    const [version] = await store.sql`
      select diff, changed_by from uns_meta.metric_versions where metric_id = ${id} order by version_id desc limit 1`;
    expect(version).toEqual({
      diff: { unit: { from: 'bar', to: 5, fromType: 'string', toType: 'int' } },
      changed_by: 'postgres',
    });
  });

  it('TC-15 publishes exactly metrics and metric_properties', async () => {
    const tables = await store.sql`
      select schemaname || '.' || tablename as t, attnames::text[] as columns from pg_publication_tables where pubname = 'uns_meta_pub' order by 1`;
    expect([...tables]).toEqual([
      { t: 'uns_meta.metric_properties', columns: ['metric_id', 'key'] },
      { t: 'uns_meta.metrics', columns: ['metric_id'] },
    ]);
  });

  it('applies every migration once, and each may run again without harm', async () => {
    expect(await migrate(store.sql)).toEqual([]);
    await store.sql`delete from uns_meta.schema_migrations`;
    expect((await migrate(store.sql)).length).toBeGreaterThan(0);
    expect(await store.sql`select 1 from uns_meta.devices`).toHaveLength(1);
    await store.sql`update uns_meta.schema_migrations set checksum = 'x' where name like '0001%'`;
    await expect(migrate(store.sql)).rejects.toThrow('migrations only add');
  });

  it('gives each role what it needs and history to neither', async () => {
    const can = async (role: string, table: string, right: string) =>
      (
        await store.sql<{ ok: boolean }[]>`select has_table_privilege(${role}, ${`uns_meta.${table}`}, ${right}) as ok`
      )[0]?.ok;
    expect(await can('uns_meta_app', 'metric_properties', 'INSERT')).toBe(true);
    expect(await can('uns_meta_app', 'metric_versions', 'INSERT')).toBe(false);
    expect(await can('uns_meta_app', 'metric_sync', 'SELECT')).toBe(false);
    expect(await can('uns_meta_cdc', 'metric_sync', 'UPDATE')).toBe(true);
    expect(await can('uns_meta_cdc', 'metric_properties', 'UPDATE')).toBe(false);
    expect(await can('uns_meta_cdc', 'metric_versions', 'DELETE')).toBe(false);
  });
});

/** As psql would connect: without saying who changes things. */
function plainConnection(url: string) {
  const sql = postgres(url, { max: 1 });
  return { sql, [Symbol.asyncDispose]: () => sql.end() };
}
