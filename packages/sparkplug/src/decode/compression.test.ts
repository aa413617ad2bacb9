import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { encodeBirth, encodePayload } from '../encode/birth.ts';
import type { MetricInput } from '../encode/input.ts';
import { readBirth } from '../testing/read-birth.ts';
import { bytesOf, delimited, metricOf, payloadOf, varint } from '../testing/wire-bytes.ts';
import { openBirth } from './birth.ts';

const UUID = 'SPBV1.0_COMPRESSED';

function* manyMetrics(count: number): Generator<MetricInput> {
  for (let i = 0; i < count; i++) {
    const properties = [{ key: 'documentation', type: Datatype.String, value: `Signal ${i} of line ${i % 7}` }];
    yield { name: `Maceira/Kiln/Tag ${i}`, datatype: Datatype.Double, value: i, properties };
  }
}

function birth(count: number) {
  return { timestamp: 1_700_000_000_000n, seq: 7, metrics: manyMetrics(count) };
}

function algorithm(name: string): Buffer {
  return delimited(2, bytesOf(delimited(1, 'algorithm'), varint(4, 12), delimited(15, name)));
}

describe('compressed births', () => {
  it.each(['gzip', 'deflate'] as const)(
    'SPB-20 reads %s as it reads the same birth uncompressed',
    async (compression) => {
      const plain = await readBirth(await encodeBirth(birth(5_000)));
      const payload = await encodeBirth(birth(5_000), { compression });
      const read = await readBirth(payload);
      expect(read.error).toBeNull();
      expect(read.metrics).toEqual(plain.metrics);
      expect(read.header).toEqual({
        timestamp: 1_700_000_000_000n,
        seq: 7,
        uuid: UUID,
        hasTemplates: false,
        compression,
        rawBytes: payload.length,
        inflatedBytes: plain.header.rawBytes,
        metricCount: 5_000,
        rejectedCount: 0,
      });
    },
  );

  it.each([
    ['GZIP', gzipSync],
    ['DEFLATE', deflateSync],
    ['deflate', deflateSync],
    ['DEFLATE', deflateRawSync],
    ['GZIP', deflateSync],
    ['DEFLATE', gzipSync],
  ])('SPB-20 reads a body called %s for what it is', async (name, compress) => {
    const body = compress(encodePayload(birth(3)));
    const { metrics, error } = await readBirth(bytesOf(algorithm(name), delimited(4, UUID), delimited(5, body)));
    expect(error).toBeNull();
    expect(metrics).toHaveLength(3);
  });

  it('SPB-20 takes DEFLATE where no algorithm is named, and fields in any order', async () => {
    const body = deflateSync(encodePayload(birth(3)));
    const { metrics, header } = await readBirth(bytesOf(delimited(5, body), varint(3, 9), delimited(4, UUID)));
    expect(metrics).toHaveLength(3);
    expect(header.compression).toBe('deflate');
  });

  it('SPB-20 a device may own metrics called algorithm and a body: only the uuid counts', async () => {
    const own = bytesOf(delimited(1, 'algorithm'), varint(4, 12), delimited(15, 'GZIP'));
    const payload = bytesOf(
      payloadOf(own, metricOf('tag')),
      delimited(4, 'some other schema'),
      delimited(5, gzipSync('x')),
    );
    const { metrics, header, error } = await readBirth(payload);
    expect(error).toBeNull();
    expect(metrics.map((metric) => metric.name)).toEqual(['algorithm', 'tag']);
    expect(header).toMatchObject({ compression: 'none', uuid: 'some other schema' });
  });

  it('SPB-20 takes time and number from the envelope where the body has none', async () => {
    const body = gzipSync(delimited(2, metricOf('tag')));
    const envelope = bytesOf(varint(1, 42), algorithm('GZIP'), varint(3, 5), delimited(4, UUID), delimited(5, body));
    expect((await readBirth(envelope)).header).toMatchObject({ timestamp: 42n, seq: 5 });
  });

  const good = gzipSync(encodePayload(birth(10_000)));
  it.each<[string, Uint8Array, string]>([
    ['an unknown algorithm', bytesOf(algorithm('ZSTD'), delimited(4, UUID), delimited(5, good)), 'COMPRESSION_UNKNOWN'],
    ['no body', bytesOf(algorithm('GZIP'), delimited(4, UUID)), 'COMPRESSED_BODY_MISSING'],
    [
      'a body that is no gzip',
      bytesOf(algorithm('GZIP'), delimited(4, UUID), delimited(5, 'hello')),
      'COMPRESSED_BODY_CORRUPT',
    ],
    ['an empty body', bytesOf(algorithm('GZIP'), delimited(4, UUID), delimited(5, '')), 'COMPRESSED_BODY_CORRUPT'],
    [
      'a body within a body',
      bytesOf(algorithm('GZIP'), delimited(4, UUID), delimited(5, gzipSync(delimited(4, UUID)))),
      'COMPRESSION_NESTED',
    ],
    [
      'an empty payload inside',
      bytesOf(algorithm('GZIP'), delimited(4, UUID), delimited(5, gzipSync(''))),
      'PAYLOAD_NOT_SPARKPLUG',
    ],
    [
      'its end cut off',
      bytesOf(algorithm('GZIP'), delimited(4, UUID), delimited(5, good)).subarray(0, -9),
      'PAYLOAD_TRUNCATED',
    ],
  ])('SPB-20 refuses %s', async (_name, payload, reason) => {
    expect((await readBirth(payload)).error).toBe(reason);
  });

  it('SPB-20 a body damaged in its middle gives what stands before the damage', async () => {
    const cut = bytesOf(algorithm('GZIP'), delimited(4, UUID), delimited(5, good.subarray(0, good.length / 2)));
    const { metrics, error } = await readBirth(cut);
    expect(error).toBe('COMPRESSED_BODY_CORRUPT');
    expect(metrics.length).toBeGreaterThan(1_000);
    expect(metrics.every((metric) => !metric.rejected)).toBe(true);
  });

  it('SPB-20 caps inflated bytes, not the ratio', async () => {
    const ordinary = gzipSync(encodePayload(birth(20_000)));
    const read = await readBirth(bytesOf(algorithm('GZIP'), delimited(4, UUID), delimited(5, ordinary)));
    expect(read.header.inflatedBytes / ordinary.length).toBeGreaterThan(5);
    expect(read.error).toBeNull();

    const padded = bytesOf(...Array.from({ length: 2_000 }, () => delimited(7, Buffer.alloc(2_000))));
    const capped = await readBirth(bytesOf(algorithm('GZIP'), delimited(4, UUID), delimited(5, gzipSync(padded))), {
      limits: { inflatedBytes: 1_000_000 },
    });
    expect(capped.error).toBe('INFLATED_TOO_LARGE');
    expect(capped.header.inflatedBytes).toBeLessThanOrEqual(1_000_000);
  });

  it('SPB-20 inflates no further while the consumer works on a batch', async () => {
    const opened = openBirth(await encodeBirth(birth(60_000), { compression: 'gzip' }));
    const reading = opened.metrics();
    const first = await reading.next();
    expect(first.done).toBe(false);
    const { inflatedBytes } = opened.header;
    expect(inflatedBytes).toBeLessThan(1_000_000);
    await reading.return();
    expect(opened.header.inflatedBytes).toBe(inflatedBytes);
  });

  it('SPB-22 a birth beyond the 1 MB that brokers allow by default fits when compressed', async () => {
    const plain = await encodeBirth(birth(20_000));
    const compressed = await encodeBirth(birth(20_000), { compression: 'gzip' });
    expect(plain.length).toBeGreaterThan(1_048_576);
    expect(compressed.length).toBeLessThan(1_048_576);
    expect((await readBirth(compressed)).metrics).toHaveLength(20_000);
  });
});

describe('an aborted reading', () => {
  it.each(['none', 'gzip'] as const)('ends with the reason of its signal, compression: %s', async (compression) => {
    const payload = await encodeBirth(birth(20_000), { compression });
    const stop = new AbortController();
    const reason = new Error('shutting down');
    let batches = 0;
    const reading = (async () => {
      for await (const batch of openBirth(payload).metrics(stop.signal)) {
        batches += batch.length > 0 ? 1 : 0;
        if (batches === 2) stop.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(batches).toBe(2);
  });
});
