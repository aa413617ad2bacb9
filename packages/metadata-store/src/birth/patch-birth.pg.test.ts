import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleBirth, testStore, type SampleMetrics, type TestStore } from '../testing/index.ts';
import { writeBirth } from './write-birth.ts';

/** mulberry32, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Few names, some of them one tag to Canary, so that births collide, retire and come back. */
const names = ['a', 'A', 'b', 'b/c', 'b.c', 'd', 'e', 'f', 'g', 'h'];

function change(metrics: SampleMetrics, pick: (below: number) => number): SampleMetrics {
  const next = structuredClone(metrics);
  for (let step = pick(3); step >= 0; step -= 1) {
    const name = names[pick(names.length)] ?? '';
    const properties = next[name];
    const what = pick(9);
    if (properties === undefined) next[name] = { unit: 'mm' };
    else if (what < 3) delete next[name];
    else if (what < 5) delete properties['unit'];
    else properties[['unit', 'low', 'documentation'][pick(3)] ?? ''] = pick(3);
  }
  return next;
}

type SampleBirth = ReturnType<typeof sampleBirth>;

/** The metrics of both, in this order. */
function joined(first: SampleBirth, second: SampleBirth): SampleBirth {
  const offset = first.fingerprints?.length ?? 0;
  return {
    ...first,
    fingerprints: {
      length: offset + (second.fingerprints?.length ?? 0),
      at: (ordinal) => first.fingerprints?.at(ordinal) ?? second.fingerprints?.at(ordinal - offset) ?? null,
    },
    metrics: async function* (known, only) {
      yield* first.metrics(known, only);
      for await (const batch of second.metrics(known, only && ((ordinal) => only(ordinal + offset)))) {
        yield batch.map((metric) => ({ ...metric, ordinal: metric.ordinal + offset }));
      }
    },
  };
}

async function contents({ sql }: TestStore) {
  const metrics = await sql`
    select m.name, m.uns_path, m.retired_at is null as in_use, f.fingerprint, jsonb_object_agg(p.key, uns_meta.property_value(p)) filter (where p.key is not null) as properties
    from uns_meta.metrics m
    left join uns_meta.metric_fingerprints f using (metric_id)
    left join uns_meta.metric_properties p using (metric_id)
    group by m.metric_id, f.metric_id
    order by regexp_replace(m.name, '#superseded-.*', '#'), m.retired_at is null, m.uns_path`;
  const refused = await sql`
    select r.name, h.name as holder from uns_meta.refused_metrics r join uns_meta.metrics h on h.metric_id = r.holder_id order by r.name`;
  const versions = await sql`select count(*)::integer as count from uns_meta.metric_history`;
  return { metrics, refused, versions };
}

describe('a birth that changes a few metrics', () => {
  let [patched, whole]: [TestStore | null, TestStore | null] = [null, null];

  beforeAll(async () => {
    [patched, whole] = await Promise.all([testStore(), testStore()]);
  });

  afterAll(async () => {
    await patched?.[Symbol.asyncDispose]();
    await whole?.[Symbol.asyncDispose]();
  });

  it('leaves the store as one that is looked at as a whole does', async () => {
    if (patched === null || whole === null) throw new Error('no store');
    const pick = random(7);
    let metrics: SampleMetrics = { a: { unit: 'mm' }, b: { unit: 'm' } };
    for (let birth = 0; birth < 25; birth += 1) {
      const sample = sampleBirth({ metrics });
      const outcomes = await Promise.all([
        writeBirth(patched.sql, sample),
        writeBirth(whole.sql, { ...sample, fingerprints: null }),
      ]);
      expect(outcomes[0]).toEqual(outcomes[1]);
      expect(await contents(patched)).toEqual(await contents(whole));
      metrics = change(metrics, pick);
    }
  });

  it('lets the first of two metrics with one name count, whichever of them is the changed one', async () => {
    if (patched === null || whole === null) throw new Error('no store');
    const stored = sampleBirth({ metrics: { twin: { unit: 'mm' }, other: {} } });
    const changed = sampleBirth({ metrics: { twin: { unit: 'inch' } } });
    for (const [first, second] of [
      [stored, changed],
      [changed, stored],
    ] as const) {
      for (const store of [patched, whole]) await writeBirth(store.sql, stored);
      const birth = joined(first, second);
      const outcomes = [
        await writeBirth(patched.sql, birth),
        await writeBirth(whole.sql, { ...birth, fingerprints: null }),
      ];
      expect(outcomes[0]).toEqual(outcomes[1]);
      expect(outcomes[0]).toMatchObject({ collisions: [{ name: 'twin', holder: 'twin' }] });
      expect(await contents(patched)).toEqual(await contents(whole));
    }
  });
});
