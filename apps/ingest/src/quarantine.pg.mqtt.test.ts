import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { emptyStore, metricRows } from '@uns/metadata-store/testing';
import { Datatype, encodeBirth, encodePayload, type MetricInput } from '@uns/sparkplug';
import { QUARANTINE_REASONS } from './quarantine/reasons.ts';
import { brokenMetrics } from '@uns/edge-simulator';
import { ingestHarness, type IngestHarness, type IngestRun } from './testing/ingest-harness.ts';

const device = 'Secil/DBIRTH/Portugal/Cement';

describe('births with broken metrics', () => {
  let harness: IngestHarness;
  let run: IngestRun;

  beforeAll(async () => {
    harness = await ingestHarness();
    run = await harness.start({ INGEST_MAX_METRIC_BYTES: '10000' });
  });
  afterAll(() => harness[Symbol.asyncDispose]());
  beforeEach(() => emptyStore(harness.store.sql));

  it('B3 PROMISE-7 of 1,000 metrics 50 are broken in 10 ways: 950 are stored, 50 in quarantine, in one line of log', async () => {
    const good: MetricInput[] = Array.from({ length: 950 }, (_, i) => ({
      name: `Tag/${i}`,
      datatype: Datatype.Double,
      properties: [{ key: 'index', type: Datatype.Int32, value: i }],
    }));
    const broken = Array.from({ length: 5 }, (_, i) => brokenMetrics.map(({ bytes }) => bytes(i))).flat();
    expect(broken).toHaveLength(50);
    const counted = () =>
      Promise.all(brokenMetrics.map(({ reason }) => run.metric('uns_ingest_quarantined_total', { reason })));
    const before = await counted();
    const lines = run.log.length;
    const birth = Buffer.concat([encodePayload({ timestamp: Date.now(), seq: 1, metrics: good }), ...broken]);

    const line = await harness.birth(run, device, birth);
    expect(line).toMatchObject({
      level: 'warn',
      outcome: 'written',
      changes: { metricsCreated: 950, propertiesInserted: 950 },
      quarantined: Object.fromEntries(brokenMetrics.map(({ reason }) => [reason, 5])),
    });
    const applied = 'mapping rules applied to what is stored';
    expect(run.log.slice(lines).filter(({ msg }) => msg !== applied)).toEqual([line]);
    expect((await counted()).map((count, i) => count - (before[i] ?? 0))).toEqual(brokenMetrics.map(() => 5));

    const rows = await metricRows(harness.store.sql);
    expect(rows).toHaveLength(950);
    expect(rows.every((row) => row.name === `Tag/${String(row.properties['index'])}`)).toBe(true);
    const entries = await harness.store.sql<{ reason: string; occurrences: number; detail: string }[]>`
      select reason, sum(occurrences)::integer as occurrences, min(detail) as detail from uns_meta.birth_quarantine group by reason`;
    expect(Object.fromEntries(entries.map((entry) => [entry.reason, entry.occurrences]))).toEqual(
      Object.fromEntries(brokenMetrics.map(({ reason }) => [reason, 5])),
    );
    expect(entries.find((entry) => entry.reason === 'PATH_TAKEN')?.detail).toBe(
      'the path Secil/Portugal/Cement/TAG.0 belongs to Tag/0',
    );
    expect(entries.every((entry) => entry.reason in QUARANTINE_REASONS)).toBe(true);
  });

  it('PROMISE-6 PROMISE-7 of 20,000 metrics all are broken: a bounded number of entries, and one line', async () => {
    const metrics: MetricInput[] = Array.from({ length: 20_000 }, (_, i) => ({
      name: `${i}${'z'.repeat(260)}`,
      datatype: Datatype.Double,
    }));
    const lines = run.log.length;
    const line = await harness.birth(
      run,
      device,
      await encodeBirth({ timestamp: Date.now(), metrics }, { compression: 'gzip' }),
    );
    expect(line).toMatchObject({ quarantined: { SEGMENT_TOO_LONG: 20_000 }, metrics: 0 });
    expect(run.log.slice(lines)).toHaveLength(1);
    const [row] = await harness.store.sql`select count(*)::integer as n from uns_meta.birth_quarantine`;
    expect(row).toEqual({ n: 2000 });
  });

  it('PROMISE-7 topics and names of any length stop nobody else', async () => {
    // Text that does not compress, so that an index row would have it in full length.
    const text = (length: number, seed: number): string =>
      Array.from({ length }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919 + seed * 104_729) % 20_000))).join('');
    const good: MetricInput = { name: 'Tag', datatype: Datatype.Double };
    const payload = await encodeBirth({ timestamp: Date.now(), seq: 1, metrics: [good] });
    for (const seed of [1, 2, 3]) {
      await harness.publish(`Secil/DBIRTH/Portugal/${text(1100, seed)}`, payload);
      await harness.publish(`Secil/NBIRTH/${text(1100, seed)}`, payload);
    }
    const ids = [text(80, 4), 'DBIRTH', text(80, 5), text(80, 6)].join('/');
    // A key that comes twice.
    const property = { key: text(320, 8), type: Datatype.Int32, value: 1 } as const;
    const broken: MetricInput = {
      name: Array.from({ length: 6 }, (_, i) => text(80, 10 + i)).join('/'),
      datatype: Datatype.Double,
      properties: [property, property],
    };
    const line = await harness.birth(
      run,
      ids,
      await encodeBirth({ timestamp: Date.now(), seq: 1, metrics: [good, broken] }),
    );
    expect(line).toMatchObject({ quarantined: { KEY_DUPLICATE: 1 } });
    expect(
      await harness.birth(run, device, await encodeBirth({ timestamp: Date.now(), seq: 1, metrics: [good] })),
    ).toMatchObject({
      outcome: 'written',
    });
    await eventually(async () => {
      const entries = await harness.store.sql<{ reason: string; n: number }[]>`
        select reason, sum(occurrences)::int as n from uns_meta.birth_quarantine group by reason order by reason`;
      expect(entries).toMatchObject([
        { reason: 'KEY_DUPLICATE', n: 1 },
        { reason: 'PATH_TOO_LONG', n: 1 },
        { reason: 'TOPIC_ID_TOO_LONG', n: 6 },
      ]);
    });
  });

  it('PROMISE-7 an id that no database text can hold is no id', async () => {
    const payload = encodePayload({ timestamp: Date.now(), seq: 1, metrics: [] });
    for (const topic of ['Secil/DBIRTH/Portugal/Cem\0ent', 'Secil/NBIRTH/Portu\0gal'])
      await harness.publish(topic, payload);
    await eventually(async () => {
      const found = await harness.store
        .sql`select device, reason, occurrences::integer as n from uns_meta.birth_quarantine`;
      expect([...found]).toEqual([{ device: '', reason: 'TOPIC_EMPTY_ID', n: 2 }]);
    });
  });

  it('PROMISE-7 a metric that is there and cannot be read is not retired, and one that is no longer there is', async () => {
    const good = (...metrics: MetricInput[]) => encodePayload({ timestamp: Date.now(), seq: 1, metrics });
    const tag = (name: string): MetricInput => ({ name, datatype: Datatype.Double });
    // A metric with the name, and a property set that runs past its end.
    const broken = (name: string) =>
      Buffer.concat([
        Buffer.from([0x12, name.length + 4, 0x0a, name.length]),
        Buffer.from(name),
        Buffer.of(0x4a, 0x7f),
      ]);
    const names = async () => (await metricRows(harness.store.sql)).map((row) => row.name);
    await harness.birth(run, device, good(tag('A'), tag('B'), tag('C')));
    const line = await harness.birth(run, device, Buffer.concat([good(tag('A')), broken('B')]));
    expect(line).toMatchObject({ quarantined: { METRIC_MALFORMED: 1 }, changes: { metricsRetired: 1 } });
    expect(await names()).toEqual(['A', 'B']);
    const again = await harness.birth(run, device, Buffer.concat([good(tag('A')), broken('B')]));
    expect(again).toMatchObject({ outcome: 'same' });
    // Not the same as before, though all that could be read is.
    expect(await harness.birth(run, device, good(tag('A')))).toMatchObject({ changes: { metricsRetired: 1 } });
    expect(await names()).toEqual(['A']);
    const open = await harness.store.sql`select from uns_meta.birth_quarantine where resolved_at is null`;
    expect(open).toHaveLength(0);
    // A metric whose name cannot be told may be any.
    const nameless = Buffer.of(0x12, 0x02, 0x4a, 0x7f);
    await harness.birth(run, device, good(tag('A'), tag('B')));
    await harness.birth(run, device, Buffer.concat([good(tag('B')), nameless]));
    expect(await names()).toEqual(['A', 'B']);
  });

  it('PROMISE-7 a broken metric costs nothing but itself, whatever its name', async () => {
    const good = encodePayload({ timestamp: Date.now(), seq: 1, metrics: [{ name: 'A', datatype: Datatype.Double }] });
    // Names with a NUL and with bytes that are no UTF-8, and a property set that runs past its end.
    const broken = ['00', 'ff'].map((byte) => Buffer.from(`12060a0242${byte}4a7f`, 'hex'));
    const line = await harness.birth(run, device, Buffer.concat([good, ...broken]));
    expect(line).toMatchObject({ outcome: 'written', metrics: 1, quarantined: { METRIC_MALFORMED: 2 } });
  });

  it('notes which faults a later birth no longer has', async () => {
    const open = async () =>
      (
        await harness.store.sql<{ metric: string }[]>`
        select metric from uns_meta.birth_quarantine where resolved_at is null order by metric`
      ).map((row) => row.metric);
    const birth = (...metrics: MetricInput[]) => ({ timestamp: Date.now(), seq: 1, metrics });
    const keyless = (name: string): MetricInput => ({
      name,
      datatype: Datatype.Double,
      properties: [{ key: '', type: Datatype.Int32, value: 1 }],
    });
    await harness.birth(run, device, birth(keyless('A'), keyless('B')));
    expect(await open()).toEqual(['A', 'B']);
    await harness.birth(run, device, birth(keyless('A'), { name: 'B', datatype: 11 }));
    expect(await open()).toEqual(['A']);
    // An identical birth is not looked at, and tells nothing.
    await harness.birth(run, device, birth(keyless('A'), { name: 'B', datatype: 11 }));
    expect(await open()).toEqual(['A']);
  });

  it('resolves what says that a birth could not be used by the same birth as before', async () => {
    const open = async () =>
      (
        await harness.store.sql<{ entry: string }[]>`
          select concat_ws(' ', nullif(metric, ''), reason) as entry from uns_meta.birth_quarantine where resolved_at is null order by 1`
      ).map((row) => row.entry);
    const metrics: MetricInput[] = [
      { name: 'A', datatype: Datatype.Double },
      { name: 'B', datatype: Datatype.Double, properties: [{ key: '', type: Datatype.Int32, value: 1 }] },
    ];
    for (const [given, left] of [
      [metrics, ['B KEY_EMPTY']],
      // Without faults it is recognised by its bytes.
      [metrics.slice(0, 1), []],
    ] as const) {
      const birth = () => ({ timestamp: Date.now(), seq: 1, metrics: given });
      await harness.birth(run, device, birth());
      await harness.birth(run, device, Buffer.from('{"temperature": 20}'));
      expect(await open()).toEqual([...left, 'PAYLOAD_NOT_SPARKPLUG']);
      expect(await harness.birth(run, device, birth())).toMatchObject({ outcome: 'same' });
      expect(await open()).toEqual(left);
    }
  });

  it('PROMISE-7 reports two tags with one identity for as long as they have it, and stores both', async () => {
    await using other = await ingestHarness();
    const identified = await other.start({ UNS_IDENTITY_PROPERTY: 'tagId' });
    const tag = (name: string, id: number): MetricInput => ({
      name,
      datatype: Datatype.Double,
      properties: [{ key: 'tagId', type: Datatype.Int64, value: id }],
    });
    const birth = (...metrics: MetricInput[]) =>
      other.birth(identified, device, { timestamp: Date.now(), seq: 1, metrics });
    const open = async () =>
      (
        await other.store.sql<{ entry: string }[]>`
          select metric || ' ' || reason as entry from uns_meta.birth_quarantine where resolved_at is null order by 1`
      ).map((row) => row.entry);
    const both = ['A IDENTITY_DUPLICATE', 'B IDENTITY_DUPLICATE'];
    expect(await birth(tag('A', 1), tag('B', 1), tag('C', 2))).toMatchObject({
      quarantined: { IDENTITY_DUPLICATE: 2 },
      changes: { metricsCreated: 3 },
    });
    expect((await metricRows(other.store.sql)).map((row) => row.name)).toEqual(['A', 'B', 'C']);
    expect(await open()).toEqual(both);
    // Another tag changes, these two do not: they still have one identity.
    await birth(tag('A', 1), tag('B', 1), tag('C', 3));
    expect(await open()).toEqual(both);
    await birth(tag('A', 1), tag('B', 4), tag('C', 3));
    expect(await open()).toEqual([]);
  });
});
