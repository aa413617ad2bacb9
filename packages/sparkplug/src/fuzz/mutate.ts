import { gzipSync } from 'node:zlib';
import { ProtobufWriter } from '../protobuf.ts';
import { PAYLOAD_BODY, PAYLOAD_METRIC, PAYLOAD_UUID } from '../wire.ts';

type Integer = (below: number) => number;
type Mutation = (payload: Buffer, integer: Integer, others: readonly Buffer[]) => Buffer;

const LONGEST = 64 * 1024;
/** Bytes that mean something to protobuf: ends of varints, groups, tags of metrics and of their properties. */
const TELLING = [0x00, 0x01, 0x0a, 0x12, 0x4a, 0x53, 0x54, 0x7f, 0x80, 0xff];
const HUGE_LENGTH = Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x07]);

const MUTATIONS: readonly Mutation[] = [
  function flipBit(payload, integer) {
    const at = integer(payload.length);
    payload.writeUInt8(payload.readUInt8(at) ^ (1 << integer(8)), at);
    return payload;
  },
  function setByte(payload, integer) {
    payload.writeUInt8(TELLING[integer(TELLING.length)] ?? 0, integer(payload.length));
    return payload;
  },
  function cut(payload, integer) {
    return payload.subarray(0, integer(payload.length + 1));
  },
  function remove(payload, integer) {
    const [start, end] = span(payload, integer);
    return Buffer.concat([payload.subarray(0, start), payload.subarray(end)]);
  },
  function repeat(payload, integer) {
    const [start, end] = span(payload, integer);
    const copies = Array.from({ length: 1 + integer(20) }, () => payload.subarray(start, end));
    return Buffer.concat([payload.subarray(0, start), ...copies, payload.subarray(start)]);
  },
  function splice(payload, integer, others) {
    const other = others[integer(others.length)] ?? payload;
    const [start, end] = span(other, integer);
    const at = integer(payload.length + 1);
    return Buffer.concat([payload.subarray(0, at), other.subarray(start, end), payload.subarray(at)]);
  },
  function insertNoise(payload, integer) {
    const noise = Buffer.from(Array.from({ length: 1 + integer(12) }, () => integer(256)));
    const at = integer(payload.length + 1);
    return Buffer.concat([payload.subarray(0, at), noise, payload.subarray(at)]);
  },
  function promiseMuch(payload, integer) {
    const at = integer(payload.length + 1);
    return Buffer.concat([payload.subarray(0, at), HUGE_LENGTH, payload.subarray(at)]);
  },
  function nest(payload, integer) {
    // A length-delimited field around everything: a metric in a template, a set in a set, and so on.
    const field = (1 + integer(18)) * 8 + 2;
    return Buffer.from(ProtobufWriter.create().uint32(field).bytes(payload).finish());
  },
  function asMetric(payload) {
    return Buffer.from(ProtobufWriter.create().uint32(PAYLOAD_METRIC).bytes(payload).finish());
  },
  function compress(payload) {
    const writer = ProtobufWriter.create().uint32(PAYLOAD_UUID).string('SPBV1.0_COMPRESSED');
    return Buffer.from(
      writer
        .uint32(PAYLOAD_BODY)
        .bytes(gzipSync(payload, { level: 1 }))
        .finish(),
    );
  },
];

/** One of the payloads given, changed in one to six ways. */
export function mutated(payloads: readonly Buffer[], integer: Integer): Buffer {
  let payload = Buffer.from(payloads[integer(payloads.length)] ?? Buffer.alloc(0));
  for (let left = 1 + integer(6); left > 0; left--) {
    // Seldom, as it takes longer than all the others.
    const kinds = integer(20) === 0 ? MUTATIONS.length : MUTATIONS.length - 1;
    const mutation = MUTATIONS[integer(kinds)];
    if (mutation !== undefined && payload.length > 0) payload = Buffer.from(mutation(payload, integer, payloads));
    if (payload.length > LONGEST) payload = payload.subarray(0, LONGEST);
  }
  return payload;
}

function span(payload: Buffer, integer: Integer): [start: number, end: number] {
  const start = integer(payload.length);
  return [start, Math.min(payload.length, start + 1 + integer(64))];
}
