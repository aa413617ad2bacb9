import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Datatype } from '../datatype.ts';
import { integerOf } from './integer.ts';

const ONES = 0xffff_ffff;

describe('integerOf', () => {
  it.each([
    ['Int8', 0xff, 0, -1],
    ['Int8', ONES, 0, -1],
    ['Int8', ONES, ONES, -1],
    ['Int8', 0x80, 0, -128],
    ['Int8', 0x7f, 0, 127],
    ['Int16', 0xffff, 0, -1],
    ['Int16', 0xffff_8000, 0, -32_768],
    ['Int32', ONES, 0, -1],
    ['Int32', 0x8000_0204, 0, -2_147_483_132],
    ['Int32', 0x8000_0204, ONES, -2_147_483_132],
    ['Int32', 0x7fff_ffff, 0, 2_147_483_647],
    ['UInt8', 0xff, 0, 255],
    ['UInt8', ONES, 0, 255],
    ['UInt16', 0xffff, 0, 65_535],
    ['UInt32', ONES, 0, 4_294_967_295],
    ['UInt32', ONES, ONES, 4_294_967_295],
  ] as const)('SPB-02 masks %s to its width, then extends the sign: 0x%x', (type, low, high, expected) => {
    expect(integerOf(Datatype[type], low, high)).toBe(expected);
  });

  it.each([
    ['Int8', 0x1ff, 0],
    ['Int8', 0xffff_ff00, 0],
    ['Int16', 0x1_8000, 0],
    ['UInt8', 256, 0],
    ['Int32', 5, 1],
    ['Int32', 0x7fff_ffff, ONES],
    ['UInt32', 0, 1],
  ] as const)('SPB-02 takes no %s of which it would lose bits: 0x%x', (type, low, high) => {
    expect(integerOf(Datatype[type], low, high)).toBeNull();
  });

  it('SPB-04 keeps all 64 bits, signed and unsigned', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (bits) => {
        const low = Number(bits & 0xffff_ffffn);
        const high = Number(bits >> 32n);
        expect(BigInt(integerOf(Datatype.UInt64, low, high) ?? 'none')).toBe(bits);
        expect(BigInt(integerOf(Datatype.DateTime, low, high) ?? 'none')).toBe(bits);
        expect(BigInt(integerOf(Datatype.Int64, low, high) ?? 'none')).toBe(BigInt.asIntN(64, bits));
      }),
    );
  });

  it.each([
    [2n ** 53n - 1n, 'number'],
    [2n ** 53n, 'bigint'],
    [-(2n ** 53n) + 1n, 'number'],
    [-(2n ** 53n), 'bigint'],
    [2n ** 63n - 1n, 'bigint'],
    [-(2n ** 63n), 'bigint'],
    [0n, 'number'],
  ])('SPB-04 gives Int64 %d as a %s', (value, kind) => {
    const bits = BigInt.asUintN(64, value);
    const got = integerOf(Datatype.Int64, Number(bits & 0xffff_ffffn), Number(bits >> 32n));
    expect(typeof got).toBe(kind);
    expect(got === null ? got : BigInt(got)).toBe(value);
  });
});
