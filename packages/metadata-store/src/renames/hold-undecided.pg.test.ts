import { describe, expect, it } from '@jest/globals';
import { writeBirth } from '../birth/write-birth.ts';
import { sampleBirth, type Sample } from '../testing/sample-birth.ts';
import { idsByName, lineageOf, metricRows } from '../testing/store-rows.ts';
import { sampleWriter, suiteStore } from '../testing/suite-store.ts';

describe('renames by the identity property, when a birth breaks off', () => {
  const store = suiteStore();

  const write = sampleWriter(store, { identityProperty: 'tagId' });
  const broken = { broken: true };

  it('TC-13 PROMISE-8 keeps the metric of a renamed tag: the new name waits for the whole birth', async () => {
    await write({ A: { tagId: 1 }, X: { tagId: 9 } });
    const before = await idsByName(store.sql);
    expect(await write({ B: { tagId: 1, unit: 'bar' }, X: { tagId: 9, unit: 'bar' } }, broken)).toMatchObject({
      changes: { metricsCreated: 0, propertiesInserted: 1 },
      identityFaults: [{ kind: 'undecided', name: 'B', value: '1' }],
    });
    expect(await idsByName(store.sql)).toEqual(before);
    expect(await write({ B: { tagId: 1, unit: 'bar' }, X: { tagId: 9, unit: 'bar' } })).toMatchObject({
      changes: { metricsCreated: 0, metricsRenamed: 1, metricsRetired: 0 },
      identityFaults: [],
    });
    expect(await idsByName(store.sql)).toEqual({ B: before['A'], X: before['X'] });
    expect(await lineageOf(store.sql, before['A'] ?? '')).toEqual([
      'Secil/Portugal/Cement/A -> Secil/Portugal/Cement/B',
    ]);
  });

  it('TC-13 keeps both metrics of a swap of which one half came', async () => {
    await write({ A: { tagId: 1 }, B: { tagId: 2 } });
    const before = await idsByName(store.sql);
    await write({ A: { tagId: 2 } }, broken);
    await write({ A: { tagId: 2 }, B: { tagId: 1 } });
    expect(await idsByName(store.sql)).toEqual({ A: before['B'], B: before['A'] });
  });

  it.each<[what: string, half: Sample['metrics'][string]]>([
    ['another tag', { tagId: 3 }],
    ['a tag without a value', { n: 1 }],
  ])('TC-13 keeps the metric whose old name came first, for %s', async (_what, half) => {
    await write({ A: { tagId: 1 } });
    const before = await idsByName(store.sql);
    expect((await write({ A: half }, broken)).identityFaults).toMatchObject([{ kind: 'undecided', name: 'A' }]);
    await write({ A: half, B: { tagId: 1 } });
    expect(await idsByName(store.sql)).toMatchObject({ B: before['A'] });
  });

  it('stores what has nothing to do with a rename: new tags, and changes of other properties', async () => {
    await write({ A: { tagId: 1, n: 1 }, B: { n: 1 }, C: { tagId: 5, n: 1 } });
    await write(
      { A: { tagId: 1, n: 2 }, B: { tagId: 2, n: 2 }, C: { n: 2 }, D: { tagId: 4 }, E: { n: 5 } },
      { ...broken, partial: ['C'] },
    );
    expect((await metricRows(store.sql)).map((row) => [row.name, row.properties])).toEqual([
      ['A', { tagId: 1, n: 2 }],
      ['B', { tagId: 2, n: 2 }],
      ['C', { tagId: 5, n: 2 }],
      ['D', { tagId: 4 }],
      ['E', { n: 5 }],
    ]);
  });

  it('holds nothing back when no property is named', async () => {
    await write({ A: { tagId: 1 } });
    const birth = sampleBirth({ metrics: { B: { tagId: 1 } } });
    expect(await writeBirth(store.sql, { ...birth, fingerprint: null })).toMatchObject({
      changes: { metricsCreated: 1 },
    });
  });
});
