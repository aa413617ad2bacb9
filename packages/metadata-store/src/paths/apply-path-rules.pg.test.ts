import { beforeEach, describe, expect, it } from '@jest/globals';
import { writeBirth } from '../birth/write-birth.ts';
import { sampleBirth } from '../testing/sample-birth.ts';
import { idsByName, lineageOf, metricRows } from '../testing/store-rows.ts';
import { suiteStore } from '../testing/suite-store.ts';
import { applyPathRules, RulesReplacedError, type PathRulesToApply } from './apply-path-rules.ts';

describe('mapping rules that change', () => {
  const store = suiteStore();

  beforeEach(async () => {
    for (const device of ['K1', 'K2']) {
      await writeBirth(store.sql, sampleBirth({ device, metrics: { [`${device} a`]: { n: 1 }, [`${device} b`]: {} } }));
    }
  });

  /** Rules that give each device the path `Secil/<place>`, and its metrics `Secil/<place>/<name without device>`. */
  const rules = (digest: string, places: Record<string, string>, groups = ['+']): PathRulesToApply => ({
    groups,
    digest,
    pathOf: ({ device }) => {
      const place = places[device];
      return {
        device: place === undefined ? null : `Secil/${place}`,
        metric: (name) => (place === undefined ? null : `Secil/${place}/${name.slice(3)}`),
      };
    },
  });
  const paths = async () => (await metricRows(store.sql, { all: true })).map((row) => `${row.name}: ${row.path}`);
  const devicePaths = async () =>
    (await store.sql<{ path: string }[]>`select uns_path as path from uns_meta.devices order by device`).map(
      (row) => row.path,
    );

  it('TC-13 move devices and metrics at once, with lineage and versions, and only once', async () => {
    const before = await idsByName(store.sql);
    const moved = rules('1', { K1: 'Kilns/1', K2: 'Kilns/2' });
    expect(await applyPathRules(store.sql, moved)).toEqual({ kind: 'applied', devices: 2, metrics: 4, refused: 0 });
    expect(await paths()).toEqual([
      'K1 a: Secil/Kilns/1/a',
      'K1 b: Secil/Kilns/1/b',
      'K2 a: Secil/Kilns/2/a',
      'K2 b: Secil/Kilns/2/b',
    ]);
    expect(await idsByName(store.sql)).toEqual(before);
    expect(await lineageOf(store.sql, before['K1 a'] ?? '')).toEqual(['Secil/Portugal/K1/K1 a -> Secil/Kilns/1/a']);
    expect(await applyPathRules(store.sql, moved)).toEqual({ kind: 'same' });
  });

  it('TC-13 let two devices change places, with all their metrics', async () => {
    await applyPathRules(store.sql, rules('1', { K1: 'Kilns/1', K2: 'Kilns/2' }));
    expect(await applyPathRules(store.sql, rules('2', { K1: 'Kilns/2', K2: 'Kilns/1' }))).toEqual({
      kind: 'applied',
      devices: 2,
      metrics: 4,
      refused: 0,
    });
    expect(await devicePaths()).toEqual(['Secil/Kilns/2', 'Secil/Kilns/1']);
    expect((await paths())[0]).toBe('K1 a: Secil/Kilns/2/a');
  });

  it('move retired metrics too, so that they do not lie in the way', async () => {
    await writeBirth(store.sql, sampleBirth({ device: 'K1', metrics: { 'K1 a': {} } }));
    await applyPathRules(store.sql, rules('1', { K1: 'Kilns/1', K2: 'Kilns/2' }));
    expect(await paths()).toContain('K1 b: Secil/Kilns/1/b');
  });

  it('leave who would meet another where they are', async () => {
    expect(await applyPathRules(store.sql, rules('1', { K1: 'Kilns/1', K2: 'Kilns/1' }))).toEqual({
      kind: 'applied',
      devices: 1,
      metrics: 2,
      refused: 1,
    });
    expect(await devicePaths()).toEqual(['Secil/Kilns/1', 'Secil/Portugal/K2']);
    expect((await paths())[2]).toBe('K2 a: Secil/Portugal/K2/K2 a');
  });

  it('TC-13 PROMISE-7 move paths of any length that a path may have', async () => {
    // Text that does not compress, so that an index row has it in full length.
    const name = (seed: number) =>
      Array.from({ length: 480 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919 + seed * 104_729) % 20_000))).join(
        '',
      );
    const long = `Secil/Portugal/K3/${name(1)}`;
    await writeBirth(store.sql, sampleBirth({ device: 'K3', metrics: { long: {} }, paths: { long } }));
    const moved: PathRulesToApply = {
      ...rules('1', { K3: 'K3' }),
      pathOf: ({ device }) => ({ device: null, metric: () => (device === 'K3' ? `Secil/Kilns/K3/${name(2)}` : null) }),
    };
    expect(await applyPathRules(store.sql, moved)).toMatchObject({ metrics: 1, refused: 0 });
    expect(await lineageOf(store.sql, (await idsByName(store.sql))['long'] ?? '')).toHaveLength(1);
  });

  it('leave the metrics of a device that cannot move where they are, also those that could', async () => {
    await writeBirth(store.sql, sampleBirth({ device: 'K2', metrics: { 'K2 only here': {} } }));
    await applyPathRules(store.sql, rules('1', { K1: 'Kilns/1', K2: 'Kilns/1' }));
    expect(await paths()).toContain('K2 only here: Secil/Portugal/K2/K2 only here');
  });

  it('TC-13 are applied again when other rules were applied for other groups since', async () => {
    const first = rules('1', { K1: 'a/1', K2: 'a/2' });
    await applyPathRules(store.sql, first);
    await applyPathRules(store.sql, rules('2', { K1: 'b/1', K2: 'b/2' }, ['Secil']));
    expect(await applyPathRules(store.sql, first)).toMatchObject({ kind: 'applied', metrics: 4 });
  });

  it('PROMISE-2 keep births out that were read by other rules', async () => {
    const birth = {
      ...sampleBirth({ device: 'K1', metrics: { 'K1 a': { n: 2 } } }),
      rules: { groups: ['+'], digest: '1' },
    };
    expect(await writeBirth(store.sql, birth)).toMatchObject({ kind: 'written' });
    await applyPathRules(store.sql, rules('2', { K1: 'Kilns/1' }));
    await expect(writeBirth(store.sql, birth)).rejects.toThrow(RulesReplacedError);
  });

  it('are those of the groups that an ingest listens to', async () => {
    expect(await applyPathRules(store.sql, rules('1', { K1: 'x/1', K2: 'x/2' }, ['Other']))).toMatchObject({
      metrics: 0,
    });
    expect(await applyPathRules(store.sql, rules('1', { K1: 'x/1', K2: 'x/2' }, ['Other', 'Secil']))).toMatchObject({
      metrics: 4,
    });
  });

  it('wait for a birth under way, and births for them', async () => {
    const { promise: underWay, resolve: staged } = Promise.withResolvers<void>();
    const { promise: goOn, resolve: finish } = Promise.withResolvers<void>();
    const birth = sampleBirth({ device: 'K1', metrics: { 'K1 a': { n: 2 }, 'K1 b': {} } });
    const slow = writeBirth(store.sql, {
      ...birth,
      metrics: async function* (known) {
        yield* birth.metrics(known);
        staged();
        await goOn;
      },
    });
    await underWay;
    const applied = applyPathRules(store.sql, rules('1', { K1: 'Kilns/1', K2: 'Kilns/2' }));
    finish();
    expect(await slow).toMatchObject({ kind: 'written' });
    expect(await applied).toMatchObject({ metrics: 4 });
  });
});
