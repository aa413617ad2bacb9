import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import type { BirthMetric } from '../metric.ts';
import { encodeBirth, encodePayload } from '../encode/birth.ts';
import { readBirth, readMetric } from '../testing/read-birth.ts';
import { bytesOf, delimited, metricOf, payloadOf, varint } from '../testing/wire-bytes.ts';
import { openBirth } from './birth.ts';

describe('the header of a birth', () => {
  it('SPB-19 gives the time exactly, by which an older birth is told from a newer one', async () => {
    const older = await readBirth(encodePayload({ timestamp: 1_700_000_000_000n, metrics: [] }));
    const newer = await readBirth(encodePayload({ timestamp: 1_700_000_000_001n, metrics: [] }));
    expect([older.header.timestamp, newer.header.timestamp]).toEqual([1_700_000_000_000n, 1_700_000_000_001n]);
  });

  it('finds time and number also behind the metrics', async () => {
    const { header } = await readBirth(bytesOf(delimited(2, metricOf('a')), varint(3, 200), varint(1, 5)));
    expect(header).toMatchObject({ timestamp: 5n, seq: 200, metricCount: 1 });
  });

  it('SPB-18 says so when there is no sequence number', async () => {
    expect((await readBirth(varint(1, 5))).header).toMatchObject({ seq: null, timestamp: 5n });
  });

  it('counts what was handed out, and what was rejected', async () => {
    const { header } = await readBirth(payloadOf(metricOf('a'), varint(4, 10), metricOf('b')));
    expect(header).toMatchObject({ metricCount: 3, rejectedCount: 1 });
  });

  it('starts anew when the birth is read again', async () => {
    const birth = openBirth(await encodeBirth({ metrics: [{ name: 'a', datatype: 10 }] }, { compression: 'gzip' }));
    for (let round = 0; round < 2; round++) {
      const names: unknown[] = [];
      for await (const batch of birth.metrics()) names.push(...batch.map((metric) => metric.name));
      expect(names).toEqual(['a']);
      expect(birth.header.metricCount).toBe(1);
    }
  });

  it('reads a payload that is a part of a larger buffer', async () => {
    const payload = encodePayload({ metrics: [{ name: 'a', datatype: 10 }] });
    const larger = Uint8Array.from(bytesOf(Buffer.alloc(7, 0xff), payload, Buffer.alloc(9, 0xff)));
    expect((await readBirth(larger.subarray(7, 7 + payload.length))).metrics).toMatchObject([{ name: 'a' }]);
  });
});

describe('payloads that are none', () => {
  it.each([
    ['nothing at all', Buffer.alloc(0), 'PAYLOAD_EMPTY'],
    ['only unknown fields', varint(9, 1), 'PAYLOAD_NOT_SPARKPLUG'],
    ['only a uuid', delimited(4, 'x'), 'PAYLOAD_NOT_SPARKPLUG'],
    ['JSON', Buffer.from('{"timestamp": 1700000000000, "metrics": []}'), 'PAYLOAD_NOT_SPARKPLUG'],
    ['text', Buffer.from('online'), 'PAYLOAD_NOT_SPARKPLUG'],
    ['a cut birth', payloadOf(metricOf('a'), metricOf('b')).subarray(0, -3), 'PAYLOAD_TRUNCATED'],
  ])('refuses %s', async (_name, payload, reason) => {
    expect((await readBirth(payload)).error).toBe(reason);
  });

  it('gives the metrics before the place where the framing breaks', async () => {
    const { metrics, error, header } = await readBirth(
      bytesOf(varint(1, 5), delimited(2, metricOf('a')), delimited(2, metricOf('b')), Buffer.from([0x17])),
    );
    expect(error).toBe('PAYLOAD_MALFORMED');
    expect(metrics.map((metric) => metric.name)).toEqual(['a', 'b']);
    expect(header.metricCount).toBe(2);
  });
});

describe('metrics', () => {
  it('SPB-01 keeps a metric of unknown datatype, with what it says of its type', async () => {
    const types = [0, 35, 4_000_000_000, Datatype.PropertySet];
    const { metrics } = await readBirth(encodePayload({ metrics: types.map((datatype) => ({ name: 'a', datatype })) }));
    expect(metrics).toMatchObject(types.map((datatype) => ({ datatype, faults: [{ reason: 'DATATYPE_UNKNOWN' }] })));
  });

  it('SPB-01 knows all the datatypes that metrics may have', async () => {
    const types = Object.values(Datatype).filter((code) => code !== 0 && code !== 20 && code !== 21);
    const { metrics } = await readBirth(
      encodePayload({ metrics: types.map((datatype) => ({ name: 'a', datatype, value: null })) }),
    );
    expect(metrics).toMatchObject(types.map((datatype) => ({ datatype, faults: [], isNull: true })));
  });

  it.each([
    'Maceira/400 - Clinker Production/431 - Kiln/KPI/SHC_CALC',
    'A/B.C',
    ' leading and trailing ',
    'São João/Température °C',
    'kiln/水泥/🔥',
    '__proto__',
    'a//b/',
  ])('SPB-16 keeps the name %j as it is', async (name) => {
    expect(await readMetric(encodePayload({ metrics: [{ name, datatype: 10 }] }))).toMatchObject({ name, faults: [] });
  });

  it('SPB-16 keeps names apart that differ by case or composition', async () => {
    const names = ['Kiln', 'kiln', 'KILN', 'Am\u00e9lie', 'Ame\u0301lie'];
    const { metrics } = await readBirth(encodePayload({ metrics: names.map((name) => ({ name, datatype: 10 })) }));
    expect(metrics.map((metric) => metric.name)).toEqual(names);
  });

  it.each([
    ['not UTF-8', Buffer.from([0x4b, 0xff, 0x6e])],
    ['with a NUL', Buffer.from('Kiln\0')],
  ])('SPB-16 rejects a name that is %s, and keeps the neighbours', async (_name, bytes) => {
    const { metrics } = await readBirth(
      payloadOf(metricOf('a'), bytesOf(delimited(1, bytes), varint(4, 10)), metricOf('b')),
    );
    expect(metrics).toMatchObject([
      { name: 'a' },
      { rejected: true, reason: 'NAME_NOT_TEXT', ordinal: 1 },
      { name: 'b' },
    ]);
  });

  it('SPB-21 keeps the flags', async () => {
    const flags = [
      { isTransient: true, isHistorical: false, isNull: false },
      { isTransient: false, isHistorical: true, isNull: true },
      { isTransient: false, isHistorical: false, isNull: false },
    ];
    const { metrics } = await readBirth(
      encodePayload({
        metrics: flags.map(({ isTransient, isHistorical, isNull }) => ({
          name: 'a',
          datatype: 10,
          isTransient,
          isHistorical,
          ...(isNull ? { value: null } : {}),
        })),
      }),
    );
    expect(metrics).toMatchObject(flags);
  });

  it('a broken metric costs itself only, and is named where its name can be read', async () => {
    const broken = bytesOf(delimited(1, 'Kiln/Temp'), varint(4, 10), Buffer.from([0x4a, 0x7f, 0x01]));
    const { metrics } = await readBirth(payloadOf(metricOf('a'), broken, metricOf('b')));
    expect(metrics).toMatchObject([
      { rejected: false, name: 'a' },
      { rejected: true, name: 'Kiln/Temp', reason: 'METRIC_MALFORMED', ordinal: 1 },
      { rejected: false, name: 'b', ordinal: 2 },
    ]);
  });

  it('passes over the metrics that nobody wants, and leaves the others their ordinals', async () => {
    const metrics = Array.from({ length: 3000 }, (_, at) => ({ name: `tag ${at}`, datatype: Datatype.Double }));
    const payload = await encodeBirth({ metrics }, { compression: 'gzip' });
    const wanted = new Set([0, 7, 1500, 2999]);
    const read: BirthMetric[] = [];
    for await (const batch of openBirth(payload, { only: (ordinal) => wanted.has(ordinal) }).metrics())
      read.push(...batch);
    expect(read.map(({ ordinal, name }) => [ordinal, name])).toEqual([...wanted].map((at) => [at, `tag ${at}`]));
  });

  it('tells that a birth has templates, among whose members ordinals pick nothing', async () => {
    const template = {
      isDefinition: false,
      templateRef: 'Motor',
      metrics: [{ name: 'Speed', datatype: Datatype.Double }],
    };
    const births = [
      [{ name: 'a', datatype: Datatype.Double }],
      [{ name: 'M1', datatype: Datatype.Template, value: template }],
    ];
    const headers = await Promise.all(
      births.map(async (metrics) => (await readBirth(encodePayload({ metrics }))).header),
    );
    expect(headers.map((header) => header.hasTemplates)).toEqual([false, true]);
  });

  it('skips a value of any kind', async () => {
    const values: Uint8Array[] = [
      varint(10, 1),
      varint(11, 1),
      delimited(15, 'text'),
      delimited(16, 'bytes'),
      delimited(19, 'ext'),
    ];
    const { metrics } = await readBirth(payloadOf(...values.map((v) => bytesOf(metricOf('a'), v))));
    expect(metrics).toHaveLength(values.length);
    expect(metrics.every((metric) => !metric.rejected && metric.faults.length === 0)).toBe(true);
  });
});
