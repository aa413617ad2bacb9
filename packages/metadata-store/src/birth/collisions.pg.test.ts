import { describe, expect, it } from '@jest/globals';
import { pathOf, sampleBirth, type Sample } from '../testing/sample-birth.ts';
import { idsByName, lineageOf, metricRows } from '../testing/store-rows.ts';
import { sampleWriter, suiteStore } from '../testing/suite-store.ts';
import { touchBirth } from './touch-birth.ts';
import { writeBirth } from './write-birth.ts';

describe('two metrics that meet in one tag', () => {
  const store = suiteStore();

  const write = sampleWriter(store);
  const isKnown = (metrics: Sample['metrics'], more: Partial<Sample> = {}) =>
    touchBirth(store.sql, sampleBirth({ metrics, ...more }));
  const names = async () => (await metricRows(store.sql)).map((row) => row.name);

  it.each([
    ['a dot for a slash', 'A/B.C', 'A/B/C'],
    ['upper and lower case', 'Kiln/Speed', 'kiln/SPEED'],
    ['case of letters beyond ASCII', 'Estação/Água', 'estação/água'],
    ['dots and case at once', 'A.b', 'a/B'],
    ['normalisation that shows in lower case only', 'Ca\u1e96', 'CaH\u0331'],
  ])('by %s: the first keeps it, the other is refused with both names', async (_what, first, second) => {
    const outcome = await write({ [first]: { n: 1 }, [second]: { n: 2 }, free: {} });
    expect(outcome.collisions).toEqual([{ kind: 'path', name: second, unsPath: pathOf(second), holder: first }]);
    expect(await names()).toEqual([first, 'free'].toSorted());
  });

  it('by cleaning of names: NFC and NFD, and replaced characters', async () => {
    // What the segment policy makes of "Va\u0301lvula" and of "O2 %".
    const outcome = await write(
      { Válvula: {}, 'Va\u0301lvula': {}, 'O2 _': {}, 'O2 %': {} },
      { paths: { 'Va\u0301lvula': pathOf('Válvula'), 'O2 %': pathOf('O2 _') } },
    );
    expect(outcome.collisions.map(({ name, holder }) => [name, holder])).toEqual([
      ['Va\u0301lvula', 'Válvula'],
      ['O2 %', 'O2 _'],
    ]);
  });

  it('refuses the second metric of one name', async () => {
    const birth = sampleBirth({ metrics: { A: { n: 1 } } });
    const outcome = await writeBirth(store.sql, {
      ...birth,
      metrics: async function* (known) {
        for await (const batch of birth.metrics(known)) {
          yield batch.flatMap((metric) => [metric, { ...metric, ordinal: 7, properties: [] }]);
        }
      },
    });
    expect(outcome).toMatchObject({
      collisions: [{ kind: 'twin', name: 'A', holder: 'A' }],
      changes: { metricsCreated: 1 },
    });
    expect((await metricRows(store.sql))[0]?.properties).toEqual({ n: 1 });
  });

  it('keeps the tag with who has it, though the other comes first in a later birth', async () => {
    await write({ b: {}, a: {} }, { paths: { a: pathOf('a'), b: pathOf('b') } });
    const before = await idsByName(store.sql);
    // Both claim the path of b.
    const outcome = await write({ a: {}, b: {} }, { paths: { a: pathOf('b'), b: pathOf('b') } });
    expect(outcome.collisions).toEqual([{ kind: 'path', name: 'a', unsPath: pathOf('b'), holder: 'b' }]);
    expect(await idsByName(store.sql)).toEqual(before);
  });

  it('TC-03 writes an identical birth once: refused metrics do not make it new', async () => {
    const metrics = { 'A/B.C': {}, 'A/B/C': {} };
    await write(metrics);
    const refused = () => store.sql`select xmin::text, * from uns_meta.refused_metrics`;
    const before = await refused();
    expect(before).toHaveLength(1);
    expect(await isKnown(metrics)).toBe(true);
    await write(metrics);
    expect(await refused()).toEqual(before);
  });

  it('gives the tag to the other when the holder moves away', async () => {
    await write({ x: {} }, { device: 'Concrete', paths: { x: pathOf('shared') } });
    const mine = { paths: { y: pathOf('shared') } };
    expect((await write({ y: { n: 1 } }, mine)).collisions).toHaveLength(1);
    expect(await isKnown({ y: { n: 1 } }, mine)).toBe(true);
    await write({ x: {} }, { device: 'Concrete', paths: { x: 'Secil/Portugal/Concrete/x' } });
    expect(await isKnown({ y: { n: 1 } }, mine)).toBe(false);
    expect((await write({ y: { n: 1 } }, mine)).collisions).toEqual([]);
    expect(await isKnown({ y: { n: 1 } }, mine)).toBe(true);
    expect(await names()).toEqual(['x', 'y']);
    expect(await store.sql`select from uns_meta.refused_metrics`).toHaveLength(0);
  });

  it('gives the tag to the other when the holder is retired: in Canary it is the same tag, so it is the same row', async () => {
    await write({ 'A/B.C': { old: true, n: 1 }, 'A/B/C': { n: 2 } });
    const before = await idsByName(store.sql);
    const outcome = await write({ 'A/B/C': { n: 2 } });
    expect(outcome).toMatchObject({
      collisions: [],
      changes: { metricsCreated: 0, metricsRetired: 0, propertiesDeleted: 1 },
    });
    expect(await metricRows(store.sql, { all: true })).toMatchObject([
      { name: 'A/B/C', id: before['A/B.C'], path: pathOf('A/B/C'), properties: { n: 2 } },
    ]);
    // The first one comes back too late.
    expect((await write({ 'A/B.C': { n: 1 }, 'A/B/C': { n: 2 } })).collisions).toMatchObject([
      { name: 'A/B.C', holder: 'A/B/C' },
    ]);
  });

  it('PROMISE-7 keeps nothing of the retired holder, also when the birth tells the properties in part', async () => {
    await write({ 'A/B.C': { old: true, n: 1 }, x: {} });
    const before = await idsByName(store.sql);
    const outcome = await write({ 'A/B/C': { n: 2 }, x: {} }, { partial: ['A/B/C'] });
    expect(outcome.changes).toMatchObject({ propertiesDeleted: 1, propertiesUpdated: 1 });
    expect(await metricRows(store.sql)).toMatchObject([
      { name: 'A/B/C', id: before['A/B.C'], properties: { n: 2 } },
      { name: 'x' },
    ]);
  });

  it('TC-13 takes a change of case for the rename it is', async () => {
    await write({ 'Kiln/speed': { n: 1 } });
    const before = await idsByName(store.sql);
    await write({ 'Kiln/Speed': { n: 1 } });
    expect(await idsByName(store.sql)).toEqual({ 'Kiln/Speed': before['Kiln/speed'] });
    expect(await lineageOf(store.sql, before['Kiln/speed'] ?? '')).toEqual([
      `${pathOf('Kiln/speed')} -> ${pathOf('Kiln/Speed')}`,
    ]);
  });

  it('gives the tag to another device when its holder is retired', async () => {
    const there = { device: 'Concrete', paths: { x: pathOf('shared') } };
    await write({ x: { n: 1, old: true }, z: {} }, there);
    const before = await idsByName(store.sql);
    const mine = { paths: { y: pathOf('shared') } };
    expect((await write({ y: { n: 1 } }, mine)).collisions).toMatchObject([{ holder: 'x of Secil/Portugal/Concrete' }]);
    await write({ z: {} }, there);
    expect(await isKnown({ y: { n: 1 } }, mine)).toBe(false);
    expect((await write({ y: { n: 1 } }, mine)).collisions).toEqual([]);
    expect(await metricRows(store.sql)).toMatchObject([
      { name: 'y', device: 'Cement', id: before['x'], properties: { n: 1 } },
      { name: 'z', device: 'Concrete' },
    ]);
    // And it is not taken away again.
    expect((await write({ x: { n: 1 }, z: {} }, there)).collisions).toMatchObject([
      { holder: 'y of Secil/Portugal/Cement' },
    ]);
    expect(await isKnown({ y: { n: 1 } }, mine)).toBe(true);
  });

  it('TC-03 gives the tag to the other when somebody deletes its holder', async () => {
    const there = { device: 'Concrete', paths: { x: pathOf('shared') } };
    const mine = { paths: { y: pathOf('shared') } };
    await write({ x: {} }, there);
    expect((await write({ y: { n: 1 } }, mine)).collisions).toHaveLength(1);
    const holder = (await idsByName(store.sql))['x'] ?? '';
    await store.sql`delete from uns_meta.metric_fingerprints where metric_id = ${holder}`;
    await store.sql`delete from uns_meta.metrics where metric_id = ${holder}`;
    expect(await isKnown({ y: { n: 1 } }, mine)).toBe(false);
    expect((await write({ y: { n: 1 } }, mine)).collisions).toEqual([]);
    expect(await names()).toEqual(['y']);
    expect(await isKnown({ y: { n: 1 } }, mine)).toBe(true);
  });

  it('lets a metric with a past of its own supersede one that is retired', async () => {
    await write({ A: { n: 1 }, B: { n: 2 } });
    const before = await idsByName(store.sql);
    await write({ A: { n: 1 } });
    // A rule moves A to where B was.
    expect((await write({ A: { n: 1 } }, { paths: { A: pathOf('B') } })).collisions).toEqual([]);
    expect(await metricRows(store.sql, { all: true })).toMatchObject([
      { name: 'A', id: before['A'], path: pathOf('B'), properties: { n: 1 } },
      { name: 'B', id: before['B'], path: `${pathOf('B')}#superseded-${before['B']}`, properties: {}, retired: true },
    ]);
    // B comes back as who it was, elsewhere.
    await write({ A: { n: 1 }, B: { n: 2 } }, { paths: { A: pathOf('B'), B: pathOf('C') } });
    expect(await metricRows(store.sql)).toMatchObject([
      { name: 'A', id: before['A'] },
      { name: 'B', id: before['B'], path: pathOf('C'), properties: { n: 2 } },
    ]);
  });

  it.each([
    ['name', 'A'],
    ['path', 'a'],
  ])('TC-13 PROMISE-7 tells a refused rename from a name that comes twice: it keeps its %s', async (kind, name) => {
    await write({ x: {} }, { device: 'Concrete', paths: { x: pathOf('B') } });
    await write({ A: { tagId: 1 } });
    // A is B now, whose path is taken; another tag is called A, or as good as A.
    const outcome = await write({ B: { tagId: 1 }, [name]: { tagId: 2 } }, { identityProperty: 'tagId' });
    expect(outcome.collisions).toEqual([
      { kind: 'path', name: 'B', unsPath: pathOf('B'), holder: 'x of Secil/Portugal/Concrete' },
      { kind, name, unsPath: pathOf(name), holder: 'A, which cannot become B' },
    ]);
    expect((await metricRows(store.sql)).map((row) => [row.name, row.properties])).toEqual([
      ['A', { tagId: 1 }],
      ['x', {}],
    ]);
  });

  it('leaves the retired metric of a device alone that has a birth under way', async () => {
    const there = { device: 'Concrete', paths: { x: pathOf('shared') } };
    await write({ x: {}, z: {} }, there);
    await write({ z: {} }, there);
    const mine = { paths: { y: pathOf('shared') } };
    const { promise: underWay, resolve: staged } = Promise.withResolvers<void>();
    const { promise: goOn, resolve: finish } = Promise.withResolvers<void>();
    const birth = sampleBirth({ metrics: { x: { n: 1 }, z: {} }, ...there });
    const slow = writeBirth(store.sql, {
      ...birth,
      metrics: async function* (known) {
        yield* birth.metrics(known);
        staged();
        await goOn;
      },
    });
    await underWay;
    expect((await write({ y: {} }, mine)).collisions).toMatchObject([{ holder: 'x of Secil/Portugal/Concrete' }]);
    finish();
    expect(await slow).toMatchObject({ kind: 'written', collisions: [] });
    expect(await isKnown({ y: {} }, mine)).toBe(true);
  });
});
