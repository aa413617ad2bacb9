import { describe, expect, it } from '@jest/globals';
import { sampleBirth, type Sample } from '../testing/sample-birth.ts';
import { suiteStore } from '../testing/suite-store.ts';
import { touchBirth } from './touch-birth.ts';
import { writeBirth } from './write-birth.ts';

const kiln = { 'Maceira/Kiln/SHC_CALC': { engUnit: 'kcal/kg', engHigh: 1200.5, enabled: true } };

describe('writing a birth', () => {
  const store = suiteStore();

  const write = (sample: Sample) => writeBirth(store.sql, sampleBirth(sample));
  const rows = () => store.sql<
    { name: string; id: string; path: string; canary: string; retired: boolean; plant: string | null }[]
  >`
    select name, metric_id as id, uns_path as path, canary_id as canary, retired_at is not null as retired, plant
    from uns_meta.metrics order by name`;
  const properties = async (): Promise<Record<string, unknown>> => {
    const found = await store.sql<{ at: string; value: unknown }[]>`
      select m.name || '#' || p.key as at, uns_meta.property_value(p) as value
      from uns_meta.metric_properties p join uns_meta.metrics m using (metric_id) order by 1`;
    return Object.fromEntries(found.map((row) => [row.at, row.value]));
  };
  const versions = () => store.sql<{ name: string; diff: unknown; metricDiff: unknown; by: string }[]>`
    select m.name, v.diff, v.metric_diff as "metricDiff", v.changed_by as by
    from uns_meta.metric_versions v join uns_meta.metrics m using (metric_id) order by v.version_id`;
  /** What it returned, and the bytes of WAL that the server wrote meanwhile. */
  const measureWal = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const [start] = await store.sql<{ lsn: string }[]>`select pg_current_wal_insert_lsn()::text as lsn`;
    const result = await work();
    const [wal] = await store.sql<{ bytes: number }[]>`
      select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ${start?.lsn ?? ''}::pg_lsn)::int as bytes`;
    return [result, wal?.bytes ?? Number.NaN];
  };

  it('TC-10 turns metrics into rows with their paths and typed properties', async () => {
    const outcome = await write({ metrics: kiln });
    expect(outcome).toMatchObject({
      kind: 'written',
      changes: { metricsCreated: 1, propertiesInserted: 3 },
      collisions: [],
    });
    expect(await rows()).toMatchObject([
      {
        name: 'Maceira/Kiln/SHC_CALC',
        path: 'Secil/Portugal/Cement/Maceira/Kiln/SHC_CALC',
        canary: 'Secil.Portugal.Cement.Maceira.Kiln.SHC_CALC',
        plant: 'Maceira',
        retired: false,
      },
    ]);
    expect(await properties()).toEqual({
      'Maceira/Kiln/SHC_CALC#enabled': true,
      'Maceira/Kiln/SHC_CALC#engHigh': 1200.5,
      'Maceira/Kiln/SHC_CALC#engUnit': 'kcal/kg',
    });
  });

  it('TC-07 appends one version for each metric that changes, with what it was and what it is', async () => {
    await write({ metrics: { a: { unit: 'bar', low: 0 }, b: { unit: 'kW' } } });
    await write({ metrics: { a: { unit: 'mbar', low: 0 }, b: { unit: 'kW' } } });
    expect(await versions()).toEqual([
      { name: 'a', diff: { unit: { to: 'bar' }, low: { to: 0 } }, metricDiff: {}, by: 'test' },
      { name: 'b', diff: { unit: { to: 'kW' } }, metricDiff: {}, by: 'test' },
      { name: 'a', diff: { unit: { from: 'bar', to: 'mbar' } }, metricDiff: {}, by: 'test' },
    ]);
  });

  it('TC-07 shows all that one birth did to a metric as one row of history', async () => {
    await write({ metrics: { a: { kept: 1, changed: 'old', gone: true } } });
    await write({ metrics: { a: { kept: 1, changed: 'new', added: 2.5 } } });
    const history = await store.sql<{ diff: unknown }[]>`select diff from uns_meta.metric_history order by changed_at`;
    expect(history.map((row) => row.diff)).toEqual([
      { kept: { to: 1 }, changed: { to: 'old' }, gone: { to: true } },
      { changed: { from: 'old', to: 'new' }, gone: { from: true }, added: { to: 2.5 } },
    ]);
  });

  it('TC-03 writes nothing for a birth that says nothing new, not even WAL', async () => {
    await write({ metrics: kiln });
    const before = await store.sql`select * from uns_meta.metric_properties`;
    // The server has one WAL for all its databases, and other tests write to theirs: what they add is not in each of several tries.
    let [outcome, bytes] = await measureWal(() => write({ metrics: kiln }));
    for (let tries = 1; bytes >= 16_384 && tries < 20; tries += 1) {
      [outcome, bytes] = await measureWal(() => write({ metrics: kiln }));
    }
    expect(outcome).toMatchObject({
      kind: 'written',
      changes: {
        metricsCreated: 0,
        metricsChanged: 0,
        metricsRetired: 0,
        propertiesInserted: 0,
        propertiesUpdated: 0,
        propertiesDeleted: 0,
      },
    });
    expect(await store.sql`select * from uns_meta.metric_properties`).toEqual(before);
    expect(await versions()).toHaveLength(1);
    // The device row alone, and what the server logs by itself now and then.
    expect(bytes).toBeLessThan(16_384);
  });

  it('TC-11 recognises the identical birth by its fingerprint and notes only that it came', async () => {
    const birth = sampleBirth({ metrics: kiln });
    expect(await touchBirth(store.sql, birth)).toBe(false);
    await writeBirth(store.sql, birth);
    const [before] = await store.sql<
      { updated: Date; last: Date }[]
    >`select updated_at as updated, last_birth_at as last from uns_meta.devices`;
    expect(await touchBirth(store.sql, { ...birth, timestamp: new Date('2026-02-01T00:00:00Z') })).toBe(true);
    const [after] = await store.sql<{ updated: Date; last: Date; ts: Date }[]>`
      select updated_at as updated, last_birth_at as last, birth_timestamp as ts from uns_meta.devices`;
    expect(after?.updated).toEqual(before?.updated);
    expect(after?.last.getTime()).toBeGreaterThanOrEqual(before?.last.getTime() ?? Infinity);
    expect(after?.ts).toEqual(new Date('2026-02-01T00:00:00Z'));
  });

  it('TC-11 stores every property type so that it comes back as it was', async () => {
    const birth = sampleBirth({ metrics: { a: {} } });
    const values = [
      { key: 'int', type: 'int', value: -2_147_483_132 },
      { key: 'long', type: 'long', value: 9_223_372_036_854_775_807n },
      { key: 'small long', type: 'long', value: 4_294_967_295 },
      { key: 'float', type: 'float', value: Math.fround(0.1) },
      { key: 'double', type: 'double', value: 0.1 },
      { key: 'nan', type: 'double', value: Number.NaN },
      { key: 'infinity', type: 'float', value: -Infinity },
      { key: 'text', type: 'string', value: 'tab\t, new\nline, back\\slash, \\N, \r, ção 😀' },
      { key: 'empty', type: 'string', value: '' },
      { key: '__proto__', type: 'string', value: 'x' },
      { key: 'false', type: 'boolean', value: false },
    ] as const;
    await writeBirth(store.sql, {
      ...birth,
      metrics: async function* () {
        yield [
          {
            ordinal: 0,
            name: 'a',
            unsPath: 'Secil/Portugal/Cement/a',
            datatype: 9,
            fingerprint: Buffer.alloc(16),
            properties: values,
          },
        ];
      },
    });
    const found = await store.sql<{ key: string; type: string; value: unknown }[]>`
      select key, type, uns_meta.property_value(p) as value from uns_meta.metric_properties p`;
    expect(new Map(found.map((row) => [row.key, [row.type, row.value]]))).toEqual(
      new Map<string, unknown>([
        ['int', ['int', -2_147_483_132]],
        ['long', ['long', '9223372036854775807']],
        ['small long', ['long', 4_294_967_295]],
        ['float', ['float', 0.1]],
        ['double', ['double', 0.1]],
        ['nan', ['double', 'NaN']],
        ['infinity', ['float', '-Infinity']],
        ['text', ['string', 'tab\t, new\nline, back\\slash, \\N, \r, ção 😀']],
        ['empty', ['string', '']],
        ['__proto__', ['string', 'x']],
        ['false', ['boolean', false]],
      ]),
    );
  });

  it('removes a property that a new birth no longer has', async () => {
    await write({ metrics: { a: { unit: 'bar', tooltip: 'x' } } });
    expect(await write({ metrics: { a: { unit: 'bar' } } })).toMatchObject({
      changes: { propertiesDeleted: 1, propertiesUpdated: 0 },
    });
    expect(await properties()).toEqual({ 'a#unit': 'bar' });
  });

  it('retires a metric that a new birth no longer has, and takes it back as the one it was', async () => {
    await write({ metrics: { a: { unit: 'bar' }, b: { unit: 'kW' } } });
    const [, b] = await rows();
    await write({ metrics: { a: { unit: 'bar' } } });
    expect(await rows()).toMatchObject([
      { name: 'a', retired: false },
      { name: 'b', retired: true },
    ]);
    await write({ metrics: { a: { unit: 'bar' }, b: { unit: 'MW' } } });
    expect(await rows()).toMatchObject([{ name: 'a' }, { name: 'b', retired: false, id: b?.id }]);
    expect(await properties()).toMatchObject({ 'b#unit': 'MW' });
  });

  it('keeps the stored properties of a metric of which the birth could tell only a part', async () => {
    await write({ metrics: { a: { unit: 'bar', inherited: 1 } } });
    const outcome = await write({ metrics: { a: { unit: 'mbar' } }, partial: ['a'] });
    expect(outcome).toMatchObject({ changes: { propertiesUpdated: 1, propertiesDeleted: 0 } });
    expect(await properties()).toEqual({ 'a#unit': 'mbar', 'a#inherited': 1 });
    expect(await write({ metrics: { a: { unit: 'mbar' } } })).toMatchObject({ changes: { propertiesDeleted: 1 } });
  });

  it('retires nothing for a birth that could not be read to its end', async () => {
    await write({ metrics: { a: { unit: 'bar' }, b: { unit: 'kW' } } });
    await writeBirth(store.sql, { ...sampleBirth({ metrics: { a: { unit: 'mbar' } } }), fingerprint: null });
    expect(await rows()).toMatchObject([
      { name: 'a', retired: false },
      { name: 'b', retired: false },
    ]);
    expect(await properties()).toEqual({ 'a#unit': 'mbar', 'b#unit': 'kW' });
  });

  it('TC-13 moves a metric whose path changes: the same metric, its lineage, a version', async () => {
    await write({ metrics: kiln });
    const [before] = await rows();
    await write({ metrics: kiln, paths: { 'Maceira/Kiln/SHC_CALC': 'Secil/Portugal/Cement/Maceira/Kiln 1/SHC' } });
    expect(await rows()).toMatchObject([
      {
        id: before?.id,
        path: 'Secil/Portugal/Cement/Maceira/Kiln 1/SHC',
        canary: 'Secil.Portugal.Cement.Maceira.Kiln 1.SHC',
      },
    ]);
    const lineage = await store.sql`select old_uns_path, new_uns_path from uns_meta.metric_path_lineage`;
    expect(lineage).toEqual([
      {
        old_uns_path: 'Secil/Portugal/Cement/Maceira/Kiln/SHC_CALC',
        new_uns_path: 'Secil/Portugal/Cement/Maceira/Kiln 1/SHC',
      },
    ]);
    expect((await versions()).at(-1)).toMatchObject({
      metricDiff: {
        uns_path: {
          from: 'Secil/Portugal/Cement/Maceira/Kiln/SHC_CALC',
          to: 'Secil/Portugal/Cement/Maceira/Kiln 1/SHC',
        },
      },
    });
  });

  it('swaps the paths of two metrics in one birth', async () => {
    await write({ metrics: { a: {}, b: {} } });
    const outcome = await write({
      metrics: { a: {}, b: {} },
      paths: { a: 'Secil/Portugal/Cement/b', b: 'Secil/Portugal/Cement/a' },
    });
    expect(outcome).toMatchObject({ kind: 'written', collisions: [], changes: { metricsChanged: 2 } });
    expect((await rows()).map((row) => row.path)).toEqual(['Secil/Portugal/Cement/b', 'Secil/Portugal/Cement/a']);
  });

  it('lets the first of two metrics keep a path that both claim, and names the other', async () => {
    const outcome = await write({
      metrics: { 'A/B.C': { n: 1 }, 'A/B/C': { n: 2 }, 'a/b/c': { n: 3 }, free: { n: 4 } },
    });
    expect(outcome).toMatchObject({
      collisions: [
        { name: 'A/B/C', holder: 'A/B.C' },
        { name: 'a/b/c', holder: 'A/B.C' },
      ],
    });
    expect((await rows()).map((row) => row.name)).toEqual(['A/B.C', 'free']);
  });

  it('lets another device keep its path, and says which device', async () => {
    await write({ metrics: { a: {} }, device: 'Concrete', paths: { a: 'Secil/Portugal/shared' } });
    const outcome = await write({ metrics: { b: {} }, paths: { b: 'Secil/Portugal/shared' } });
    expect(outcome).toMatchObject({ collisions: [{ name: 'b', holder: 'a of Secil/Portugal/Concrete' }] });
  });

  it('refuses a whole chain of moves when its end is held', async () => {
    await write({ metrics: { a: {}, b: {}, c: {} } });
    const outcome = await write({
      metrics: { a: {}, b: {}, c: {} },
      paths: { a: 'Secil/Portugal/Cement/b', b: 'Secil/Portugal/Cement/c' },
    });
    expect(outcome).toMatchObject({
      collisions: [
        { name: 'a', holder: 'b' },
        { name: 'b', holder: 'c' },
      ],
    });
    expect((await rows()).map((row) => row.path)).toEqual(
      ['a', 'b', 'c'].map((name) => `Secil/Portugal/Cement/${name}`),
    );
    expect((await rows()).some((row) => row.retired)).toBe(false);
  });

  it('never lets an older birth overwrite a newer one', async () => {
    await write({ metrics: { a: { unit: 'new' } }, timestamp: new Date('2026-01-02T00:00:00Z') });
    const outcome = await write({ metrics: { a: { unit: 'old' } }, timestamp: new Date('2026-01-01T00:00:00Z') });
    expect(outcome).toEqual({ kind: 'stale', storedTimestamp: new Date('2026-01-02T00:00:00Z') });
    expect(await properties()).toEqual({ 'a#unit': 'new' });
  });

  it('leaves nothing behind when the birth breaks off', async () => {
    const birth = sampleBirth({ metrics: kiln });
    const broken = {
      ...birth,
      metrics: async function* () {
        yield [
          { ordinal: 0, name: 'a', unsPath: 'Secil/a', datatype: 9, fingerprint: Buffer.alloc(16), properties: [] },
        ];
        throw new Error('the payload is cut short');
      },
    };
    await expect(writeBirth(store.sql, broken)).rejects.toThrow('the payload is cut short');
    expect(await store.sql`select 1 from uns_meta.devices`).toHaveLength(0);
    expect(await writeBirth(store.sql, birth)).toMatchObject({ kind: 'written' });
  });

  it('serialises the births of one device and lets others go on', async () => {
    const outcomes = await Promise.all([
      ...Array.from({ length: 4 }, (_, i) =>
        write({ metrics: { a: { n: i } }, timestamp: new Date(1_767_225_600_000 + i) }),
      ),
      ...Array.from({ length: 4 }, (_, i) => write({ metrics: { a: { n: i } }, device: `D${i}` })),
    ]);
    expect(outcomes.every((outcome) => outcome.kind === 'written' || outcome.kind === 'stale')).toBe(true);
    expect(await properties()).toMatchObject({ 'a#n': expect.any(Number) });
    const [cement] = await store.sql<{ n: number }[]>`
      select int_value as n from uns_meta.metric_properties join uns_meta.metrics using (metric_id)
      where uns_path = 'Secil/Portugal/Cement/a'`;
    expect(cement?.n).toBe(3);
  });
});
