import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { readBirth } from '../testing/read-birth.ts';
import { bytesOf, delimited, payloadOf, varint } from '../testing/wire-bytes.ts';
import { arrayBytes } from './array.ts';
import { encodePayload } from './birth.ts';
import type { ArrayInput } from './input.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const ARRAYS: [keyof typeof Datatype, ArrayInput, string][] = [
  ['Int8Array', [-23, 123], 'e9 7b'],
  ['Int16Array', [-30_000, 30_000], 'd08a 3075'],
  ['Int32Array', [-1, 315_338_746], 'ffffffff faafcb12'],
  ['Int64Array', [-4_270_929_666_821_191_986n, 1], 'ce0672ac189cbac4 0100000000000000'],
  ['UInt8Array', [23, 250], '17 fa'],
  ['UInt16Array', [30, 52_360], '1e00 88cc'],
  ['UInt32Array', [52, 3_293_969_225], '34000000 49fb55c4'],
  ['UInt64Array', [52, 16_444_743_074_749_521_625n], '3400000000000000 d99e02d1b27637e4'],
  ['FloatArray', [1.5, -2], '0000c03f 000000c0'],
  ['DoubleArray', [1.5], '000000000000f83f'],
  ['BooleanArray', [false, false, true, true, false, true, false, false, true, true, false, true], '0c000000 34 d0'],
  ['StringArray', ['ABC', 'hello'], '41424300 68656c6c6f00'],
  ['DateTimeArray', [1_256_102_875_335], 'c7d0907524010000'],
];

describe('arrays', () => {
  it.each(ARRAYS)(
    'SPB-14 writes %s little-endian, as the text of the specification has it',
    (type, values, expected) => {
      expect(Buffer.from(arrayBytes(Datatype[type], values))).toEqual(hex(expected));
    },
  );

  it('SPB-14 array metrics keep datatype and properties; their bytes are skipped unharmed', async () => {
    const properties = [{ key: 'engUnit', type: Datatype.String, value: 'mm' }];
    const metrics = ARRAYS.map(([type, value]) => ({ name: type, datatype: Datatype[type], value, properties }));
    const read = await readBirth(encodePayload({ metrics }));
    expect(read.metrics).toEqual(
      metrics.map(({ name, datatype }) => expect.objectContaining({ rejected: false, name, datatype, properties })),
    );
  });

  it.each([
    ['empty', 0],
    ['of no whole number of elements', 13],
    ['as long as several chunks', 400_000],
  ])('SPB-14 bytes %s harm neither their metric nor the next', async (_name, length) => {
    // Bytes that would be protobuf, if they were read as such.
    const bytes = Buffer.alloc(length, delimited(2, 'ghost'));
    const array = bytesOf(delimited(1, 'profile'), varint(4, Datatype.Int32Array), delimited(16, bytes));
    const { metrics } = await readBirth(payloadOf(array, bytesOf(delimited(1, 'next'), varint(4, Datatype.Double))));
    expect(metrics).toMatchObject([
      { name: 'profile', datatype: Datatype.Int32Array, faults: [] },
      { name: 'next', datatype: Datatype.Double, faults: [] },
    ]);
  });
});
