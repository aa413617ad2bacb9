import { describe, expect, it } from '@jest/globals';
import { idsByName, metricRows } from '../testing/store-rows.ts';
import { pathOf } from '../testing/sample-birth.ts';
import { sampleWriter, suiteStore } from '../testing/suite-store.ts';

describe('metrics that a birth has and that could not be read', () => {
  const store = suiteStore();

  const write = sampleWriter(store);
  const rows = async () =>
    Object.fromEntries((await metricRows(store.sql)).map(({ name, properties }) => [name, properties]));

  it.each([true, false])('PROMISE-7 are not gone, with what is below them (patched: %s)', async (patch) => {
    const stored = { A: { n: 1 }, 'A/B': { n: 2 }, 'A/B/C': { n: 3 }, AB: { n: 4 }, gone: {}, X: {} };
    await write(stored);
    const outcome = await write({ X: { n: 5 } }, { unread: ['A', 'never seen'], patch });
    expect(outcome.changes).toMatchObject({ metricsRetired: 2, metricsRenamed: 0, propertiesDeleted: 0 });
    expect(await rows()).toEqual({ A: { n: 1 }, 'A/B': { n: 2 }, 'A/B/C': { n: 3 }, X: { n: 5 } });
    expect((await write({ X: { n: 5 } })).changes).toMatchObject({ metricsRetired: 3 });
  });

  it.each([true, false])('PROMISE-7 keep their tags (patched: %s)', async (patch) => {
    await write({ 'A/B': { n: 1 }, X: {} });
    const before = await idsByName(store.sql);
    const outcome = await write(
      { 'A.B': { n: 2 }, X: {} },
      { paths: { 'A.B': pathOf('A.B') }, unread: ['A/B'], patch },
    );
    expect(outcome.collisions).toMatchObject([{ name: 'A.B', holder: 'A/B' }]);
    expect(await idsByName(store.sql)).toEqual(before);
    expect(await rows()).toMatchObject({ 'A/B': { n: 1 } });
  });

  it('PROMISE-7 keep their names and identities', async () => {
    await write({ A: { tagId: 't1' }, X: {} }, { identityProperty: 'tagId' });
    const before = await idsByName(store.sql);
    await write({ B: { tagId: 't1' }, X: {} }, { identityProperty: 'tagId', unread: ['A'] });
    const after = await idsByName(store.sql);
    expect(after).toMatchObject(before);
    expect(Object.keys(after)).toEqual(['A', 'B', 'X']);
  });

  it('PROMISE-7 stay retired when they were', async () => {
    await write({ A: {}, X: {} });
    await write({ X: {} });
    await write({ X: { n: 1 } }, { unread: ['A'] });
    expect(Object.keys(await rows())).toEqual(['X']);
  });

  it.each([true, false])(
    'PROMISE-7 retire nothing when nobody can tell which they are (patched: %s)',
    async (patch) => {
      await write({ A: {}, X: {} });
      const outcome = await write({ X: { n: 1 } }, { unidentified: true, patch });
      expect(outcome.changes).toMatchObject({ metricsRetired: 0, propertiesInserted: 1 });
      expect(Object.keys(await rows())).toEqual(['A', 'X']);
    },
  );
});
