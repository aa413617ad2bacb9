import { describe, expect, it } from '@jest/globals';
import { touchBirth } from '../birth/touch-birth.ts';
import { writeBirth } from '../birth/write-birth.ts';
import { pathOf, sampleBirth } from '../testing/sample-birth.ts';
import { idsByName, lineageOf, metricRows } from '../testing/store-rows.ts';
import { sampleWriter, suiteStore } from '../testing/suite-store.ts';
import { declareRenames, listRenames, withdrawRename, type RenamePair } from './rename-declarations.ts';

const cement = { group: 'Secil', edge: 'Portugal', device: 'Cement' };

describe('declared renames', () => {
  const store = suiteStore();

  const write = sampleWriter(store);
  const declare = (...pairs: [string, string][]) =>
    declareRenames(
      store.sql,
      cement,
      pairs.map(([oldName, newName]): RenamePair => ({ oldName, newName })),
    );
  const states = async () =>
    (await listRenames(store.sql, { all: true })).map((row) => [row.oldName, row.state, row.note]);

  it('TC-13 carries the identity over to the new name: same metric, lineage, versions, and only once', async () => {
    await write({ A: { unit: 'bar', n: 1 } });
    const before = await idsByName(store.sql);
    await declare(['A', 'B']);
    const outcome = await write({ B: { unit: 'mbar', n: 1 } });
    expect(outcome).toMatchObject({
      renames: { applied: 1, waiting: 0, impossible: 0 },
      changes: { metricsCreated: 0, metricsRenamed: 1, metricsChanged: 1, metricsRetired: 0, propertiesUpdated: 1 },
    });
    expect(await metricRows(store.sql, { all: true })).toMatchObject([
      { id: before['A'], name: 'B', path: pathOf('B'), properties: { unit: 'mbar', n: 1 }, retired: false },
    ]);
    expect(await lineageOf(store.sql, before['A'] ?? '')).toEqual([`${pathOf('A')} -> ${pathOf('B')}`]);
    const [version] = await store.sql`
      select metric_diff from uns_meta.metric_history where metric_id = ${before['A'] ?? ''} order by changed_at desc limit 1`;
    expect(version?.['metric_diff']).toMatchObject({
      name: { from: 'A', to: 'B' },
      uns_path: { from: pathOf('A'), to: pathOf('B') },
    });
    expect(await states()).toEqual([['A', 'applied', null]]);
    // A is a name like any other again.
    await write({ A: {}, B: { unit: 'mbar', n: 1 } });
    expect((await idsByName(store.sql))['B']).toBe(before['A']);
    expect((await idsByName(store.sql))['A']).not.toBe(before['A']);
  });

  it('TC-13 swaps two metrics, even when the birth says nothing else that is new', async () => {
    const metrics = { A: { unit: 'bar' }, B: { unit: 'kW' } };
    await write(metrics);
    const before = await idsByName(store.sql);
    expect(await touchBirth(store.sql, sampleBirth({ metrics }))).toBe(true);
    await declare(['A', 'B'], ['B', 'A']);
    expect(await touchBirth(store.sql, sampleBirth({ metrics }))).toBe(false);
    expect(await write(metrics)).toMatchObject({ renames: { applied: 2 }, collisions: [] });
    expect(await idsByName(store.sql)).toEqual({ A: before['B'], B: before['A'] });
    // What the names say is the birth's word; the metrics behind them are the others.
    expect(await metricRows(store.sql)).toMatchObject([
      { name: 'A', id: before['B'], path: pathOf('A'), properties: { unit: 'bar' } },
      { name: 'B', id: before['A'], path: pathOf('B'), properties: { unit: 'kW' } },
    ]);
    expect(await lineageOf(store.sql, before['A'] ?? '')).toEqual([`${pathOf('A')} -> ${pathOf('B')}`]);
    expect(await lineageOf(store.sql, before['B'] ?? '')).toEqual([`${pathOf('B')} -> ${pathOf('A')}`]);
    expect(await touchBirth(store.sql, sampleBirth({ metrics }))).toBe(true);
  });

  it('TC-13 passes names on in a chain, in one birth', async () => {
    await write({ A: { n: 1 }, B: { n: 2 }, X: {} });
    const before = await idsByName(store.sql);
    await declare(['A', 'B'], ['B', 'C']);
    // The edge has not renamed anything yet.
    expect(await write({ A: { n: 1 }, B: { n: 2 }, X: { n: 0 } })).toMatchObject({
      renames: { applied: 0, waiting: 2 },
    });
    expect(await write({ B: { n: 1 }, C: { n: 2 }, X: { n: 0 } })).toMatchObject({
      renames: { applied: 2 },
      changes: {
        metricsCreated: 0,
        metricsRetired: 0,
        propertiesUpdated: 0,
        propertiesInserted: 0,
        propertiesDeleted: 0,
      },
    });
    expect(await idsByName(store.sql)).toEqual({ B: before['A'], C: before['B'], X: before['X'] });
  });

  it('TC-13 mends a rename that was declared too late: the short life of the new name is superseded', async () => {
    await write({ A: { unit: 'bar', old: true }, X: {} });
    const before = await idsByName(store.sql);
    await write({ B: { unit: 'bar' }, X: {} });
    const split = await idsByName(store.sql);
    await declare(['A', 'B']);
    expect(await write({ B: { unit: 'bar' }, X: {} })).toMatchObject({ renames: { applied: 1 }, collisions: [] });
    expect(await idsByName(store.sql)).toEqual({ B: before['A'], X: before['X'] });
    const [superseded] = (await metricRows(store.sql, { all: true })).filter((row) => row.id === split['B']);
    expect(superseded).toMatchObject({
      retired: true,
      properties: {},
      path: `${pathOf('B')}#superseded-${split['B']}`,
    });
    expect(superseded?.name).toMatch(/^B#superseded-/);
    // On record: what the short-lived metric had.
    const [gone] = await store.sql`
      select diff from uns_meta.metric_history where metric_id = ${split['B'] ?? ''} order by changed_at desc limit 1`;
    expect(gone?.['diff']).toEqual({ unit: { from: 'bar' } });
    // And it stays so.
    expect(await write({ B: { unit: 'kPa' }, X: {} })).toMatchObject({
      changes: { metricsCreated: 0, metricsRetired: 0 },
    });
    expect((await idsByName(store.sql))['B']).toBe(before['A']);
  });

  it('waits, says why, and can be taken back', async () => {
    await write({ A: {} });
    const before = await idsByName(store.sql);
    const [id = ''] = await declare(['A', 'B']);
    await write({ A: { n: 1 } });
    expect(await states()).toEqual([['A', 'pending', 'the birth has no "B"']]);
    expect(await withdrawRename(store.sql, id)).toBe(true);
    expect(await withdrawRename(store.sql, id)).toBe(false);
    await write({ B: { n: 1 } });
    expect((await idsByName(store.sql))['B']).not.toBe(before['A']);
    expect(await states()).toEqual([['A', 'withdrawn', 'the birth has no "B"']]);
  });

  it('reports a rename that can never come about', async () => {
    await write({ A: {}, B: {} });
    await declare(['A', 'C']);
    await store.sql`update uns_meta.metrics set name = 'Z' where name = 'A'`;
    expect(await write({ B: {}, Z: {} })).toMatchObject({ renames: { impossible: 1 } });
    expect(await states()).toEqual([['A', 'impossible', 'no metric is called "A" any more']]);
  });

  it.each([
    ['an unknown device', { ...cement, device: 'Concrete' }, 'A', 'B', 'P0002'],
    ['an unknown name', cement, 'Z', 'B', 'P0002'],
    ['an old name twice', cement, 'A', 'C', '23505'],
    ['a new name twice', cement, 'X', 'B', '23505'],
    ['a name for itself', cement, 'X', 'X', '23514'],
  ])('refuses %s when it is declared', async (_what, device, oldName, newName, code) => {
    await write({ A: {}, X: {} });
    await declare(['A', 'B']);
    await expect(declareRenames(store.sql, device, [{ oldName, newName }])).rejects.toMatchObject({ code });
    expect(await states()).toEqual([['A', 'pending', null]]);
  });

  it('is not decided by a birth that could not be read to its end', async () => {
    await write({ A: { n: 1 }, X: {} });
    await declare(['A', 'B']);
    await writeBirth(store.sql, { ...sampleBirth({ metrics: { X: { n: 1 } } }), fingerprint: null });
    expect(await states()).toEqual([['A', 'pending', null]]);
    expect(Object.keys(await idsByName(store.sql))).toEqual(['A', 'X']);
  });

  it('keeps waiting while the path of the new name is taken by another device', async () => {
    await write({ A: { n: 1 } });
    const before = await idsByName(store.sql);
    await write({ shared: {} }, { device: 'Concrete', paths: { shared: pathOf('B') } });
    await declare(['A', 'B']);
    expect(await write({ B: { n: 1 } })).toMatchObject({
      renames: { applied: 0, waiting: 1 },
      collisions: [{ name: 'B' }],
    });
    expect(await metricRows(store.sql)).toMatchObject([
      { name: 'A', id: before['A'], retired: false },
      { name: 'shared' },
    ]);
    expect(await states()).toEqual([['A', 'pending', 'the path belongs to shared of Secil/Portugal/Concrete']]);
    // The other device lets go of it: the same birth is worth reading again.
    await write({ shared: {} }, { device: 'Concrete' });
    expect(await touchBirth(store.sql, sampleBirth({ metrics: { B: { n: 1 } } }))).toBe(false);
    expect(await write({ B: { n: 1 } })).toMatchObject({ renames: { applied: 1 }, collisions: [] });
    expect((await idsByName(store.sql))['B']).toBe(before['A']);
  });
});
