import { Datatype } from '../datatype.ts';
import type { Reader } from '../protobuf.ts';

const TWO_32 = 0x1_0000_0000;

/** Bits and sign of the integer datatypes; DateTime is unsigned milliseconds. */
const LAYOUT = new Map<number, { bits: 8 | 16 | 32 | 64; signed: boolean }>([
  [Datatype.Int8, { bits: 8, signed: true }],
  [Datatype.Int16, { bits: 16, signed: true }],
  [Datatype.Int32, { bits: 32, signed: true }],
  [Datatype.Int64, { bits: 64, signed: true }],
  [Datatype.UInt8, { bits: 8, signed: false }],
  [Datatype.UInt16, { bits: 16, signed: false }],
  [Datatype.UInt32, { bits: 32, signed: false }],
  [Datatype.UInt64, { bits: 64, signed: false }],
  [Datatype.DateTime, { bits: 64, signed: false }],
]);

/**
 * The integer that a publisher put into an unsigned protobuf field, given as two 32-bit words.
 *
 * Publishers extend narrow integers in their own ways: Int8 -1 arrives as 0xFF, 0xFFFFFFFF or 64 set bits. The value
 * is masked to its width and then sign-extended; bits above the width must be all zeros or, extending a set top bit,
 * all ones of 32 or 64 bits. Anything else would lose bits: null.
 */
export function integerOf(datatype: number, low: number, high: number): number | bigint | null {
  const layout = LAYOUT.get(datatype);
  if (layout === undefined) return null;
  const { bits, signed } = layout;
  if (bits === 64) return signed ? joinSigned(low, high) : joinUnsigned(low, high);

  const span = 2 ** bits;
  const zeroExtended = high === 0 && low < span;
  const oneExtended = (high === 0 || high === 0xffff_ffff) && low >= TWO_32 - span / 2;
  if (!zeroExtended && !oneExtended) return null;
  // `low % span` keeps the lowest bits without the sign that `&` would give at 32 bits.
  const masked = low % span;
  return signed && masked >= span / 2 ? masked - span : masked;
}

/** A varint, exact. The reader's own way makes two objects per number. */
export function readUnsigned(reader: Reader): number | bigint {
  let value = 0;
  for (let scale = 1, at = reader.pos; scale <= 0x400_0000_0000 && at < reader.len; scale *= 128, at++) {
    const byte = reader.buf[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte >= 0x80) continue;
    reader.pos = at + 1;
    return value;
  }
  const long = reader.uint64();
  return joinUnsigned(long.low >>> 0, long.high >>> 0);
}

/** Exact: a number up to 2^53 - 1, a bigint beyond. */
export function joinUnsigned(low: number, high: number): number | bigint {
  if (high === 0) return low;
  return high < 0x20_0000 ? high * TWO_32 + low : (BigInt(high) << 32n) | BigInt(low);
}

function joinSigned(low: number, high: number): number | bigint {
  const signedHigh = high | 0;
  if (signedHigh >= -0x20_0000 && signedHigh < 0x20_0000) {
    const joined = signedHigh * TWO_32 + low;
    if (Number.isSafeInteger(joined)) return joined;
  }
  return (BigInt(signedHigh) << 32n) | BigInt(low);
}
