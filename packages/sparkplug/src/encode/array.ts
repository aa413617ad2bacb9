import { Datatype } from '../datatype.ts';
import type { ArrayInput } from './input.ts';

type Put = (view: DataView, offset: number, value: ArrayInput[number]) => void;

const FIXED_WIDTH = new Map<number, { bytes: number; put: Put }>([
  [Datatype.Int8Array, { bytes: 1, put: (view, at, value) => view.setInt8(at, Number(value)) }],
  [Datatype.Int16Array, { bytes: 2, put: (view, at, value) => view.setInt16(at, Number(value), true) }],
  [Datatype.Int32Array, { bytes: 4, put: (view, at, value) => view.setInt32(at, Number(value), true) }],
  [Datatype.Int64Array, { bytes: 8, put: (view, at, value) => view.setBigInt64(at, BigInt(value), true) }],
  [Datatype.UInt8Array, { bytes: 1, put: (view, at, value) => view.setUint8(at, Number(value)) }],
  [Datatype.UInt16Array, { bytes: 2, put: (view, at, value) => view.setUint16(at, Number(value), true) }],
  [Datatype.UInt32Array, { bytes: 4, put: (view, at, value) => view.setUint32(at, Number(value), true) }],
  [Datatype.UInt64Array, { bytes: 8, put: (view, at, value) => view.setBigUint64(at, BigInt(value), true) }],
  [Datatype.FloatArray, { bytes: 4, put: (view, at, value) => view.setFloat32(at, Number(value), true) }],
  [Datatype.DoubleArray, { bytes: 8, put: (view, at, value) => view.setFloat64(at, Number(value), true) }],
  [Datatype.DateTimeArray, { bytes: 8, put: (view, at, value) => view.setBigInt64(at, BigInt(value), true) }],
]);

export function isArrayDatatype(datatype: number): boolean {
  return datatype >= Datatype.Int8Array && datatype <= Datatype.DateTimeArray;
}

/**
 * The bytes of an array value: little-endian, as the specification's text has it; its examples for FloatArray,
 * DoubleArray and DateTimeArray are big-endian and wrong.
 */
export function arrayBytes(datatype: number, values: ArrayInput): Uint8Array {
  if (datatype === Datatype.BooleanArray) return booleanBytes(values);
  if (datatype === Datatype.StringArray) return Buffer.from(values.map((value) => `${String(value)}\0`).join(''));
  const layout = FIXED_WIDTH.get(datatype);
  if (layout === undefined) throw new TypeError(`datatype ${datatype} is no array`);
  const view = new DataView(new ArrayBuffer(values.length * layout.bytes));
  values.forEach((value, index) => layout.put(view, index * layout.bytes, value));
  return new Uint8Array(view.buffer);
}

/** Four bytes of count, then one bit per value, the first in the highest bit. */
function booleanBytes(values: ArrayInput): Uint8Array {
  const bytes = new Uint8Array(4 + Math.ceil(values.length / 8));
  new DataView(bytes.buffer).setUint32(0, values.length, true);
  values.forEach((value, index) => {
    const at = 4 + (index >> 3);
    if (value === true) bytes[at] = (bytes[at] ?? 0) | (0x80 >> (index & 7));
  });
  return bytes;
}
