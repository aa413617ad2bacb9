import { describe, expect, it } from '@jest/globals';
import { writeBirth } from '../birth/write-birth.ts';
import { pathOf, sampleBirth } from '../testing/sample-birth.ts';
import { idsByName, lineageOf, metricRows } from '../testing/store-rows.ts';
import { sampleWriter, suiteStore } from '../testing/suite-store.ts';

describe('renames by the identity property', () => {
  const store = suiteStore();

  const write = sampleWriter(store, { identityProperty: 'tagId' });

  it('TC-13 keeps the metric whose name changed, with lineage', async () => {
    await write({ A: { tagId: 17, unit: 'bar' }, X: { tagId: 18 } });
    const before = await idsByName(store.sql);
    expect(await write({ B: { tagId: 17, unit: 'mbar' }, X: { tagId: 18 } })).toMatchObject({
      identityFaults: [],
      changes: { metricsCreated: 0, metricsRenamed: 1, metricsRetired: 0, propertiesUpdated: 1, propertiesInserted: 0 },
    });
    expect(await idsByName(store.sql)).toEqual({ B: before['A'], X: before['X'] });
    expect(await lineageOf(store.sql, before['A'] ?? '')).toEqual([`${pathOf('A')} -> ${pathOf('B')}`]);
  });

  it('TC-13 swaps and passes on names in one birth', async () => {
    await write({ A: { tagId: 'a' }, B: { tagId: 'b' }, C: { tagId: 'c' }, D: { tagId: 'd' } });
    const before = await idsByName(store.sql);
    // A and B swap, C becomes D while D becomes E.
    await write({ A: { tagId: 'b' }, B: { tagId: 'a' }, D: { tagId: 'c' }, E: { tagId: 'd' } });
    expect(await idsByName(store.sql)).toEqual({ A: before['B'], B: before['A'], D: before['C'], E: before['D'] });
  });

  it('TC-13 takes the name of a metric that is gone, and gives a new metric the name that became free', async () => {
    await write({ A: { tagId: 1, n: 1 }, B: { tagId: 2, n: 2 } });
    const before = await idsByName(store.sql);
    expect(await write({ A: { tagId: 3, n: 3 }, B: { tagId: 1, n: 1 } })).toMatchObject({
      collisions: [],
      changes: { metricsCreated: 1, metricsRetired: 1 },
    });
    const rows = await metricRows(store.sql);
    expect(rows).toMatchObject([
      { name: 'A', path: pathOf('A'), properties: { tagId: 3, n: 3 } },
      { name: 'B', path: pathOf('B'), id: before['A'], properties: { tagId: 1, n: 1 } },
    ]);
    expect(Object.values(before)).not.toContain(rows[0]?.id);
  });

  it('takes back a metric that was retired under its old name', async () => {
    await write({ A: { tagId: 1 }, X: {} });
    const before = await idsByName(store.sql);
    await write({ X: {} });
    await write({ B: { tagId: 1 }, X: {} });
    expect(await idsByName(store.sql)).toEqual({ B: before['A'], X: before['X'] });
  });

  it('goes by names where two metrics have one value, and names each of them', async () => {
    await write({ A: { tagId: 1 }, B: { tagId: 2 } });
    const before = await idsByName(store.sql);
    const outcome = await write({ A: { tagId: 1 }, C: { tagId: 1 }, B: { tagId: 2 } });
    // A is unchanged: it is what it was. C cannot be.
    expect(outcome).toMatchObject({
      identityFaults: [
        { kind: 'shared', name: 'A', value: '1' },
        { kind: 'shared', name: 'C', value: '1' },
      ],
      changes: { metricsCreated: 1 },
    });
    expect(await idsByName(store.sql)).toMatchObject(before);
    // Now the store has the value twice, and neither is the one to follow.
    expect(await write({ D: { tagId: 1 }, B: { tagId: 2 } })).toMatchObject({
      identityFaults: [{ kind: 'shared', name: 'D', value: '1' }],
      changes: { metricsCreated: 1, metricsRetired: 2 },
    });
  });

  it('reports all of them when they change together', async () => {
    await write({ A: { n: 0 } });
    expect(await write({ A: { tagId: 5 }, B: { tagId: 5 }, C: { tagId: 6 } })).toMatchObject({
      identityFaults: [
        { kind: 'shared', name: 'A', value: '5' },
        { kind: 'shared', name: 'B', value: '5' },
      ],
    });
  });

  it('PROMISE-7 names them in each birth that has them, though others changed', async () => {
    const shared = [
      { kind: 'shared', name: 'A', value: '5' },
      { kind: 'shared', name: 'B', value: '5' },
    ];
    const tags = { A: { tagId: 5 }, B: { tagId: 5 } };
    expect((await write({ ...tags, C: { tagId: 6, n: 1 } })).identityFaults).toEqual(shared);
    expect((await write({ ...tags, C: { tagId: 6, n: 2 } })).identityFaults).toEqual(shared);
    // Of what is told in part the store knows the rest.
    const part = { metrics: { A: { n: 3 }, B: { tagId: 5 } }, partial: ['A'] };
    expect((await write(part.metrics, part)).identityFaults).toEqual(shared);
    expect((await write({ A: { tagId: 5 }, B: { tagId: 7 } })).identityFaults).toEqual([]);
  });

  it('does not take texts that are empty, or fractions, for identities', async () => {
    await write({ A: { tagId: '' }, B: { tagId: 1.5 } });
    expect(await write({ C: { tagId: '' }, D: { tagId: 1.5 } })).toMatchObject({
      identityFaults: [],
      changes: { metricsCreated: 2, metricsRetired: 2 },
    });
  });

  it('lets an identity outlive the change of its integer type', async () => {
    await write({ A: { tagId: 7 } });
    const before = await idsByName(store.sql);
    await write({ B: { tagId: 7n } });
    expect((await idsByName(store.sql))['B']).toBe(before['A']);
  });

  it('never looks into another device', async () => {
    await write({ A: { tagId: 1 } });
    await write({ B: { tagId: 1 } }, { device: 'Concrete' });
    expect(new Set(Object.values(await idsByName(store.sql))).size).toBe(2);
  });

  it('is off when no property is named: a new name is a new metric', async () => {
    await writeBirth(store.sql, sampleBirth({ metrics: { A: { tagId: 1 } } }));
    const outcome = await writeBirth(store.sql, sampleBirth({ metrics: { B: { tagId: 1 } } }));
    expect(outcome).toMatchObject({ changes: { metricsCreated: 1, metricsRetired: 1 } });
  });

  it('lets somebody’s word go before the property', async () => {
    await write({ A: { tagId: 1 }, B: { tagId: 2 } });
    const before = await idsByName(store.sql);
    await store.sql`select uns_meta.declare_rename('Secil', 'Portugal', 'Cement', 'A', 'C')`;
    // The edge has given the tag a new id too, by mistake that of B.
    await write({ C: { tagId: 2 } });
    expect(await idsByName(store.sql)).toEqual({ C: before['A'] });
  });
});
