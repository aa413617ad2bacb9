import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { encodePayload } from '../encode/birth.ts';
import type { DataSetInput } from '../encode/input.ts';
import { readBirth, readMetric, reasonsOf, valuesOf } from '../testing/read-birth.ts';
import { bytesOf, delimited, payloadOf, varint } from '../testing/wire-bytes.ts';

async function dataSetMetric(
  value: DataSetInput | null,
  properties: { key: string; type: number; value: string }[] = [],
) {
  return await readMetric(
    encodePayload({ metrics: [{ name: 'recipe', datatype: Datatype.DataSet, value, properties }] }),
  );
}

/** A metric with a data set made by hand. */
function rawDataSet(...parts: Uint8Array[]): Buffer {
  return bytesOf(delimited(1, 'recipe'), varint(4, Datatype.DataSet), delimited(17, ...parts));
}

describe('DataSet', () => {
  it('SPB-12 keeps columns and types, and no rows', async () => {
    const { Int32, String: Str, Double } = Datatype;
    const metric = await dataSetMetric({
      columns: ['Água, kg', 'name'],
      types: [Int32, Str, Double].slice(0, 2),
      rows: [[-5, 'clinker'], [null, null], [1]],
    });
    expect(valuesOf(metric)).toEqual({
      'DataSet/columns': '["Água, kg","name"]',
      'DataSet/types': '["Int32","String"]',
    });
    expect(metric.datatype).toBe(Datatype.DataSet);
    expect(metric.faults).toEqual([]);
  });

  it('SPB-12 a null data set has none', async () => {
    const metric = await dataSetMetric(null);
    expect(metric.isNull).toBe(true);
    expect(metric.properties).toEqual([]);
  });

  it('SPB-06 SPB-12 null comes first, also when a data set is sent with it', async () => {
    const metric = await readMetric(payloadOf(bytesOf(rawDataSet(delimited(2, 'a'), varint(3, 12)), varint(7, 1))));
    expect(metric.isNull).toBe(true);
    expect(metric.properties).toEqual([]);
  });

  it.each([
    [
      'more names than types',
      [varint(1, 2), delimited(2, 'a'), delimited(2, 'b'), varint(3, 12)],
      '["a","b"]',
      '["String"]',
    ],
    ['another number of columns', [varint(1, 9), delimited(2, 'a'), varint(3, 3)], '["a"]', '["Int32"]'],
    ['no names', [varint(1, 1), varint(3, 12)], '[]', '["String"]'],
  ])('SPB-12 keeps what there is of a data set with %s, and notes it', async (_name, parts, columns, types) => {
    const metric = await readMetric(payloadOf(rawDataSet(...parts)));
    expect(valuesOf(metric)).toEqual({ 'DataSet/columns': columns, 'DataSet/types': types });
    expect(reasonsOf(metric)).toEqual(['DATASET_INCONSISTENT']);
  });

  it('SPB-12 reads types sent packed', async () => {
    const packed = [varint(1, 2), delimited(2, 'a'), delimited(2, 'b'), delimited(3, Buffer.from([3, 12]))];
    expect(valuesOf(await readMetric(payloadOf(rawDataSet(...packed))))['DataSet/types']).toBe('["Int32","String"]');
  });

  it('SPB-12 a property of the same key comes first', async () => {
    const own = [{ key: 'DataSet/columns', type: Datatype.String, value: 'mine' }];
    const metric = await dataSetMetric({ columns: ['a'], types: [12], rows: [] }, own);
    expect(valuesOf(metric)).toEqual({ 'DataSet/columns': 'mine', 'DataSet/types': '["String"]' });
  });

  it.each([
    ['broken', [delimited(2, 'a'), Buffer.from([0x12, 0x7f])]],
    ['not text', [delimited(2, Buffer.from([0xff]))]],
    ['too many', Array.from({ length: 1_001 }, () => delimited(2, 'a'))],
    ['too long', [delimited(2, 'a'.repeat(70_000)), varint(3, 12)]],
  ])('SPB-12 keeps metric and neighbours when the columns are %s', async (_name, parts) => {
    const next = bytesOf(delimited(1, 'next'), varint(4, 10));
    const { metrics, error } = await readBirth(payloadOf(rawDataSet(...parts), next));
    expect(error).toBeNull();
    expect(metrics).toHaveLength(2);
    expect(metrics[0]).toMatchObject({ name: 'recipe', properties: [], faults: [{ reason: 'DATASET_MALFORMED' }] });
  });
});
