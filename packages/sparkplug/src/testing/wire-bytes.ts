/** Protobuf by hand, to write what no encoder would. Parts are concatenated in the order given. */

export function bytesOf(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}

/** Field of wire type 0. Negative numbers are sent as 64-bit two's complement, as protobuf does. */
export function varint(field: number, value: number | bigint): Buffer {
  return bytesOf(rawVarint((BigInt(field) << 3n) | 0n), rawVarint(BigInt.asUintN(64, BigInt(value))));
}

/** Field of wire type 2: a text, bytes, or a message made of parts. */
export function delimited(field: number, ...content: readonly (string | Uint8Array)[]): Buffer {
  const body = bytesOf(...content.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return bytesOf(rawVarint((BigInt(field) << 3n) | 2n), rawVarint(BigInt(body.length)), body);
}

export function fixed64(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytesOf(rawVarint((BigInt(field) << 3n) | 1n), bytes);
}

export function fixed32(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytesOf(rawVarint((BigInt(field) << 3n) | 5n), bytes);
}

export function rawVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** A payload of metrics, each given by the parts of its message. */
export function payloadOf(...metrics: readonly Uint8Array[]): Buffer {
  return bytesOf(varint(1, 1_700_000_000_000n), ...metrics.map((metric) => delimited(2, metric)), varint(3, 1));
}

/** A Double metric without a value, with a property set made of parts. */
export function metricOf(name: string, ...propertySet: readonly Uint8Array[]): Buffer {
  const properties = propertySet.length === 0 ? [] : [delimited(9, ...propertySet)];
  return bytesOf(delimited(1, name), varint(4, 10), ...properties);
}

export function propertyKey(text: string | Uint8Array): Buffer {
  return delimited(1, text);
}

/** A PropertyValue from the parts of its message. */
export function propertyValue(...parts: readonly Uint8Array[]): Buffer {
  return delimited(2, ...parts);
}
