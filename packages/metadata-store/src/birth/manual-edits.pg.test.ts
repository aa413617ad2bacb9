import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import postgres, { type Sql } from 'postgres';
import { sampleBirth, type Sample } from '../testing/sample-birth.ts';
import { emptyStore, idsByName, metricRows } from '../testing/store-rows.ts';
import { testStore, type TestStore } from '../testing/test-store.ts';
import { touchBirth } from './touch-birth.ts';
import { writeBirth } from './write-birth.ts';

const metrics = { A: { unit: 'bar', low: 0 }, B: { unit: 'kW' } };

describe('SQL by hand', () => {
  let store: TestStore;
  /** Somebody with psql. */
  let person: Sql;

  beforeAll(async () => {
    store = await testStore();
    person = postgres(store.url, { max: 1, onnotice: () => undefined });
  });
  afterAll(async () => {
    await person.end();
    await store[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await emptyStore(store.sql);
    await write();
  });

  const write = (sample: Partial<Sample> = {}) => writeBirth(store.sql, sampleBirth({ metrics, ...sample }));
  const isKnown = () => touchBirth(store.sql, sampleBirth({ metrics }));
  const versions = () => store.sql<{ name: string; by: string }[]>`
    select m.name, v.changed_by as by from uns_meta.metric_versions v join uns_meta.metrics m using (metric_id) order by version_id`;

  it.each<[what: string, edit: (sql: Sql) => Promise<unknown>, more: number]>([
    [
      'changes a property',
      (sql) => sql`update uns_meta.metric_properties set string_value = 'mbar' where string_value = 'bar'`,
      1,
    ],
    [
      'adds a property',
      (sql) =>
        sql`insert into uns_meta.metric_properties (metric_id, key, type, int_value) select metric_id, 'mine', 'int', 1 from uns_meta.metrics where name = 'A'`,
      1,
    ],
    ['removes a property', (sql) => sql`delete from uns_meta.metric_properties where key = 'low'`, 1],
    [
      'gives a property another key',
      (sql) => sql`update uns_meta.metric_properties set key = 'high' where key = 'low'`,
      2,
    ],
    ['moves a metric', (sql) => sql`update uns_meta.metrics set uns_path = 'Secil/elsewhere' where name = 'A'`, 1],
    ['renames a metric', (sql) => sql`update uns_meta.metrics set name = 'Z' where name = 'A'`, 1],
    ['retires a metric', (sql) => sql`update uns_meta.metrics set retired_at = now() where name = 'A'`, 1],
    ['changes a datatype', (sql) => sql`update uns_meta.metrics set datatype = 12`, 2],
  ])('PROMISE-8 that %s is undone by the next birth, both on record', async (_what, edit, more) => {
    const before = await metricRows(store.sql);
    expect(await isKnown()).toBe(true);
    const recorded = (await versions()).length;
    await edit(person);
    expect((await versions()).slice(recorded).every((row) => row.by === 'postgres')).toBe(true);
    expect(await isKnown()).toBe(false);
    await write();
    expect(await metricRows(store.sql)).toEqual(before);
    const later = (await versions()).slice(recorded);
    expect(later.filter((row) => row.by === 'test')).toHaveLength(more);
    expect(await isKnown()).toBe(true);
  });

  it('undoes the loss of all properties', async () => {
    const before = await metricRows(store.sql);
    await person`truncate uns_meta.metric_properties`;
    expect(await isKnown()).toBe(false);
    await write();
    expect(await metricRows(store.sql)).toEqual(before);
  });

  it('retires what was added by hand, and makes a metric anew that was deleted', async () => {
    await person`
      insert into uns_meta.metrics (device_id, name, uns_path, datatype) select device_id, 'Mine', 'Secil/mine', 9 from uns_meta.devices`;
    expect(await isKnown()).toBe(false);
    await write();
    expect(Object.keys(await idsByName(store.sql))).toEqual(['A', 'B']);
    const { B: gone = '' } = await idsByName(store.sql);
    await person`delete from uns_meta.metric_properties where metric_id = ${gone}`;
    await person`delete from uns_meta.metrics where metric_id = ${gone}`;
    expect(await isKnown()).toBe(false);
    await write();
    expect(await metricRows(store.sql)).toMatchObject([{ name: 'A' }, { name: 'B', properties: { unit: 'kW' } }]);
  });

  it('forgets only the metrics that were touched', async () => {
    await person`update uns_meta.metric_properties set string_value = 'MW' where string_value = 'kW'`;
    const left =
      await store.sql`select m.name from uns_meta.metric_fingerprints join uns_meta.metrics m using (metric_id)`;
    expect([...left]).toEqual([{ name: 'A' }]);
  });

  it('forgets for nobody who may not write', async () => {
    const forget = person.begin(async (tx) => {
      await tx`set local role uns_meta_cdc`;
      await tx`select uns_meta.forget_births('{1}', '{1}')`;
    });
    await expect(forget).rejects.toMatchObject({ code: '42501' });
    expect(await isKnown()).toBe(true);
  });
});
