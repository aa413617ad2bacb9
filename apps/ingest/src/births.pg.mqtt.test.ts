import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { emptyStore, metricRows } from '@uns/metadata-store/testing';
import { Datatype, encodeBirth, type BirthInput, type MetricInput, type PropertyInput } from '@uns/sparkplug';
import { ingestHarness, type IngestHarness, type IngestRun } from './testing/ingest-harness.ts';

const topic = 'Secil/DBIRTH/Portugal/Cement';
const metric = (name: string, properties: PropertyInput[] = [], more: Partial<MetricInput> = {}): MetricInput => ({
  name,
  datatype: Datatype.Double,
  value: 1,
  properties,
  ...more,
});
const text = (key: string, value: string): PropertyInput => ({ key, type: Datatype.String, value });
const birthOf = (...metrics: MetricInput[]): BirthInput => ({ timestamp: Date.now(), seq: 1, metrics });

describe('births that arrive', () => {
  let harness: IngestHarness;
  let run: IngestRun;

  beforeAll(async () => {
    harness = await ingestHarness();
    run = await harness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());
  beforeEach(() => emptyStore(harness.store.sql));

  const rows = () => metricRows(harness.store.sql);
  const writes = async () => {
    const [row] = await harness.store.sql<{ n: string }[]>`
      select (select count(*) from uns_meta.metric_versions) || '/' || (select max(xmin::text::bigint) from uns_meta.metrics)
        || '/' || (select max(xmin::text::bigint) from uns_meta.metric_properties) || '/' || (select count(*) from uns_meta.birth_quarantine)
        || '/' || coalesce((select max(xmin::text::bigint) from uns_meta.device_aliases), 0) as n`;
    return row?.n;
  };

  it('TC-10 become rows, with paths and typed properties', async () => {
    const line = await harness.birth(
      run,
      topic,
      birthOf(
        metric('Maceira/431 - Kiln/KPI/SHC_CALC', [
          text('engUnit', 'kcal/kg'),
          { key: 'engHigh', type: Datatype.Double, value: 1200.5 },
          { key: 'Quality', type: Datatype.Int32, value: -2_147_483_132 },
        ]),
      ),
    );
    expect(line).toMatchObject({
      level: 'info',
      group: 'Secil',
      edge: 'Portugal',
      device: 'Cement',
      outcome: 'written',
      metrics: 1,
      properties: 3,
      compression: 'none',
      seq: 1,
    });
    expect(await rows()).toMatchObject([
      {
        name: 'Maceira/431 - Kiln/KPI/SHC_CALC',
        path: 'Secil/Portugal/Cement/Maceira/431 - Kiln/KPI/SHC_CALC',
        properties: { engUnit: 'kcal/kg', engHigh: 1200.5, Quality: -2_147_483_132 },
      },
    ]);
    const [version] = await harness.store.sql`select distinct changed_by from uns_meta.metric_versions`;
    expect(version).toEqual({ changed_by: 'ingest' });
  });

  it('TC-11 bring every property type there and back', async () => {
    const {
      Int8,
      Int16,
      Int32,
      Int64,
      UInt8,
      UInt16,
      UInt32,
      UInt64,
      Float,
      Double,
      Boolean,
      String,
      DateTime,
      Text,
      UUID,
      Bytes,
      File,
    } = Datatype;
    const values: [
      key: string,
      type: number,
      value: string | number | bigint | boolean | Uint8Array,
      stored: unknown,
    ][] = [
      ['Int8', Int8, -1, -1],
      ['Int16', Int16, -32_768, -32_768],
      ['Int32', Int32, -2_147_483_132, -2_147_483_132],
      ['Int64', Int64, -(2n ** 63n), '-9223372036854775808'],
      ['UInt8', UInt8, 255, 255],
      ['UInt16', UInt16, 65_535, 65_535],
      ['UInt32', UInt32, 4_294_967_295, 4_294_967_295],
      ['UInt64', UInt64, 2n ** 64n - 1n, '18446744073709551615'],
      ['Float', Float, 0.1, 0.1],
      ['Double', Double, 0.1, 0.1],
      ['NaN', Double, Number.NaN, 'NaN'],
      ['Infinity', Float, -Infinity, '-Infinity'],
      ['Boolean', Boolean, false, false],
      ['String', String, 'tab\t, new\nline, back\\slash, ção 😀', 'tab\t, new\nline, back\\slash, ção 😀'],
      ['empty', String, '', ''],
      ['DateTime', DateTime, 1_767_225_600_000, 1_767_225_600_000],
      ['Text', Text, 'long', 'long'],
      ['UUID', UUID, '', ''],
      ['Bytes', Bytes, Buffer.from([0, 255]), 'AP8='],
      ['File', File, Buffer.from('x'), 'eA=='],
      ['__proto__', String, 'x', 'x'],
    ];
    const properties: PropertyInput[] = [
      ...values.map(([key, type, value]) => ({ key, type, value })),
      { key: 'nothing', type: String, value: null },
      { key: 'limits', set: [{ key: 'high', type: Double, value: 2 }] },
      { key: 'list', list: [[{ key: 'of', type: Int32, value: 3 }]] },
    ];
    await harness.birth(run, topic, birthOf(metric('A', properties)));
    const [found] = await rows();
    expect(new Map(Object.entries(found?.properties ?? {}))).toEqual(
      new Map<string, unknown>([
        ...values.map(([key, , , stored]) => [key, stored] as const),
        ['limits/high', 2],
        ['list/0/of', 3],
      ]),
    );
  });

  it('TC-11 TC-03 change nothing when they are what came before, whatever the order, the values and the compression', async () => {
    const metrics = [
      metric('A', [text('unit', 'bar'), { key: 'Quality', type: Datatype.Int32, value: 192 }], { alias: 1 }),
      metric('B', [text('unit', 'kW')], { alias: 2 }),
      metric('b', [text('unit', 'MW')]),
    ];
    expect(await harness.birth(run, topic, birthOf(...metrics))).toMatchObject({
      outcome: 'written',
      quarantined: { PATH_TAKEN: 1 },
    });
    const before = await writes();
    const again = [
      metric('b', [text('unit', 'MW')]),
      metric('A', [{ key: 'Quality', type: Datatype.Int32, value: 500 }, text('unit', 'bar')], { alias: 1, value: 7 }),
      metric('B', [text('unit', 'kW')], { alias: 2 }),
    ];
    // The first of two that meet is told by the order, so the refused one must come last: B keeps what it has.
    for (const birth of [birthOf(...metrics), birthOf(...again)]) {
      expect(await harness.birth(run, topic, birth)).toMatchObject({ outcome: 'same' });
    }
    const gzip = await encodeBirth(birthOf(...again), { compression: 'gzip' });
    expect(await harness.birth(run, topic, gzip)).toMatchObject({ outcome: 'same', compression: 'gzip' });
    expect(await writes()).toBe(before);
    expect((await rows()).map((row) => row.name)).toEqual(['A', 'B']);
  });

  it('TC-03 TC-11 are recognised by their bytes when they come again with other values, and are not read', async () => {
    const sent = (value: number) => birthOf(metric('A', [text('unit', 'bar')], { value }), metric('B', [], { value }));
    expect(await harness.birth(run, topic, sent(1))).toMatchObject({ outcome: 'written' });
    const before = await writes();
    const again = await harness.birth(run, topic, sent(2));
    expect(again).toMatchObject({
      level: 'info',
      outcome: 'same',
      recognised: true,
      metrics: 2,
      properties: 1,
      seq: 1,
    });
    expect(await writes()).toBe(before);
  });

  it.each<[what: string, first: MetricInput[], second: MetricInput[]]>([
    ['changed', [metric('A')], [metric('A', [text('unit', 'bar')])]],
    ['with aliases, which others may explain', [metric('A', [], { alias: 1 })], [metric('A', [], { alias: 1 })]],
    ['with a fault, which is counted each time', [metric('A'), metric('')], [metric('A'), metric('')]],
  ])('TC-03 are read again: %s', async (_what, first, second) => {
    await harness.birth(run, topic, birthOf(...first));
    expect(await harness.birth(run, topic, birthOf(...second))).not.toHaveProperty('recognised');
  });

  it('PROMISE-8 TC-03 are read again when somebody has changed the store in between, and put it right', async () => {
    const birth = birthOf(metric('A', [text('unit', 'bar')]));
    await harness.birth(run, topic, birth);
    expect(await harness.birth(run, topic, birth)).toMatchObject({ recognised: true });
    await harness.store.sql`update uns_meta.metric_properties set string_value = 'mbar'`;
    const after = await harness.birth(run, topic, birth);
    expect(after).toMatchObject({ outcome: 'written', changes: { propertiesUpdated: 1 } });
    expect((await rows())[0]?.properties).toEqual({ unit: 'bar' });
    expect(await harness.birth(run, topic, birth)).toMatchObject({ outcome: 'same', recognised: true });
  });

  it('TC-05 lose a property that is no longer sent, with a version', async () => {
    await harness.birth(run, topic, birthOf(metric('A', [text('unit', 'bar'), text('tooltip', 'x')])));
    await harness.birth(run, topic, birthOf(metric('A', [text('unit', 'bar')])));
    expect((await rows())[0]?.properties).toEqual({ unit: 'bar' });
    const [version] = await harness.store
      .sql`select diff from uns_meta.metric_versions order by version_id desc limit 1`;
    expect(version).toEqual({ diff: { tooltip: { from: 'x' } } });
  });

  it.each<[what: string, properties: PropertyInput[], reason: string]>([
    ['one is too long', [text('documentation', 'x'.repeat(70_000)), text('added', 'too')], 'STRING_TOO_LONG'],
    ['there are too many', Array.from({ length: 1_001 }, (_, i) => text(`p${i}`, '')), 'PROPERTIES_TOO_MANY'],
    ['the store has no room for its key', [text('k'.repeat(1_010), '')], 'KEY_TOO_LONG'],
  ])('PROMISE-7 SPB-09 keep properties that are there and cannot be read: %s', async (_what, properties, reason) => {
    await harness.birth(run, topic, birthOf(metric('a', [text('documentation', 'kept'), text('engUnit', 'C')])));
    const line = await harness.birth(run, topic, birthOf(metric('a', properties)));
    expect(line).toMatchObject({ quarantined: { [reason]: 1 }, changes: { propertiesDeleted: 0 } });
    expect((await rows())[0]?.properties).toMatchObject({ documentation: 'kept', engUnit: 'C' });
    const whole = birthOf(metric('a', [text('engUnit', 'C')]));
    const removed = await harness.birth(run, topic, whole);
    expect(removed).toMatchObject({ level: 'info', outcome: 'written' });
    expect((await rows())[0]?.properties).toEqual({ engUnit: 'C' });
  });

  it('SPB-18 are recorded with the gaps in the sequence numbers of their node, and taken all the same', async () => {
    const at = (seq: number) => ({ ...birthOf(metric(`tag ${seq}`)), seq });
    const node = 'Sequence';
    const gaps = await run.metric('uns_ingest_sequence_total', { kind: 'gap' });
    const seen = [
      await harness.birth(run, `Secil/NBIRTH/${node}`, at(0)),
      await harness.birth(run, `Secil/DBIRTH/${node}/A`, at(1)),
      await harness.birth(run, `Secil/DBIRTH/${node}/B`, at(5)),
      await harness.birth(run, topic, at(250)),
      await harness.birth(run, `Secil/DBIRTH/${node}/A`, at(6)),
    ];
    expect(seen.filter((_, i) => i !== 3).map(({ sequence, missed }) => [sequence, missed])).toEqual([
      ['first', undefined],
      ['next', undefined],
      ['gap', 3],
      ['next', undefined],
    ]);
    expect(seen.every(({ level }) => level === 'info')).toBe(true);
    expect((await run.metric('uns_ingest_sequence_total', { kind: 'gap' })) - gaps).toBeGreaterThanOrEqual(1);
  });

  it('are tolerated when retained, and never overwrite a newer one', async () => {
    const old = { ...birthOf(metric('A', [text('unit', 'old')])), timestamp: Date.now() - 60_000 };
    await harness.birth(run, topic, birthOf(metric('A', [text('unit', 'new')])));
    expect(await harness.birth(run, topic, old)).toMatchObject({
      outcome: 'stale',
      quarantined: { BIRTH_OUTDATED: 1 },
    });
    expect((await rows())[0]?.properties).toEqual({ unit: 'new' });
  });

  it('keep what they look like when nothing of them can be read', async () => {
    const frame = Buffer.from('{"temperature": 20}');
    const line = await harness.birth(run, topic, frame);
    expect(line).toMatchObject({ level: 'warn', outcome: 'unusable' });
    const [entry] = await harness.store.sql`select reason, sample, device from uns_meta.birth_quarantine`;
    expect(entry).toMatchObject({
      device: 'Cement',
      sample: {
        topic: `spBv1.0/${topic}`,
        bytes: frame.length,
        sha256: createHash('sha256').update(frame).digest('hex'),
        head: frame.toString('hex'),
      },
    });
    // Good again: resolved.
    await harness.birth(run, topic, birthOf(metric('A')));
    const open = await harness.store.sql`select from uns_meta.birth_quarantine where resolved_at is null`;
    expect(open).toHaveLength(0);
  });

  it('are noted when their topic is none, all of a kind in one entry', async () => {
    await harness.publish('Secil/DBIRTH/Portugal', birthOf(metric('A')));
    await harness.publish('Secil/DBIRTH/Portugal/Cement/Kiln', birthOf(metric('A')));
    await eventually(async () => {
      const found = await harness.store.sql`select reason, occurrences::integer, device from uns_meta.birth_quarantine`;
      expect([...found]).toEqual([{ reason: 'TOPIC_WRONG_LEVELS', occurrences: 2, device: '' }]);
    });
    expect(await run.metric('uns_ingest_quarantined_total', { reason: 'TOPIC_WRONG_LEVELS' })).toBe(2);
  });
});
