import { Datatype, datatypeName } from '../datatype.ts';
import type { Writer } from '../protobuf.ts';
import type { ScalarInput } from './input.ts';

/** The tags of one message's `oneof value`: metrics, properties, parameters and cells number the same arms differently. */
export interface Arms {
  int: number;
  long: number;
  float: number;
  double: number;
  boolean: number;
  string: number;
  /** Only metrics have it; elsewhere bytes go where texts go. */
  bytes: number;
}

/** Writes a value in the arm its datatype asks for. Throws TypeError when the two do not go together. */
export function writeScalar(writer: Writer, arms: Arms, datatype: number, value: ScalarInput): void {
  switch (datatype) {
    case Datatype.Int8:
    case Datatype.Int16:
    case Datatype.Int32:
    case Datatype.UInt8:
    case Datatype.UInt16:
      // Signed integers go into the unsigned field with their sign extended to 32 bits, as Eclipse Tahu writes them.
      writer.uint32(arms.int).uint32(Number(value) >>> 0);
      return;
    // Tahu and Ignition send UInt32 as long_value: Java has no wider int.
    case Datatype.UInt32:
    case Datatype.Int64:
    case Datatype.UInt64:
    case Datatype.DateTime:
      writer.uint32(arms.long);
      writeLong(writer, typeof value === 'bigint' ? value : Number(value));
      return;
    case Datatype.Float:
      writer.uint32(arms.float).float(Number(value));
      return;
    case Datatype.Double:
      writer.uint32(arms.double).double(Number(value));
      return;
    case Datatype.Boolean:
      writer.uint32(arms.boolean).bool(value === true);
      return;
    case Datatype.String:
    case Datatype.Text:
    case Datatype.UUID:
      writer.uint32(arms.string).string(String(value));
      return;
    case Datatype.Bytes:
    case Datatype.File:
      if (value instanceof Uint8Array) {
        writer.uint32(arms.bytes).bytes(value);
        return;
      }
  }
  throw new TypeError(`${typeof value} cannot be sent as ${datatypeName(datatype)}`);
}

/** An unsigned 64-bit varint; negative numbers as two's complement. */
export function writeLong(writer: Writer, value: number | bigint): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    writer.uint64(value);
    return;
  }
  const bits = BigInt.asUintN(64, BigInt(value));
  writer.uint64({ low: Number(bits & 0xffff_ffffn), high: Number(bits >> 32n), unsigned: true });
}
