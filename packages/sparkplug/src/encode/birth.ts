import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { createDeflate, createGzip } from 'node:zlib';
import { Datatype } from '../datatype.ts';
import { COMPRESSED_UUID } from '../decode/envelope.ts';
import type { Compression } from '../decode/inflate.ts';
import { ProtobufWriter } from '../protobuf.ts';
import {
  METRIC_DATATYPE,
  METRIC_NAME,
  METRIC_STRING,
  PAYLOAD_BODY,
  PAYLOAD_METRIC,
  PAYLOAD_SEQ,
  PAYLOAD_TIMESTAMP,
  PAYLOAD_UUID,
} from '../wire.ts';
import type { BirthInput } from './input.ts';
import { writeMetric } from './metric.ts';
import { writeLong } from './scalar.ts';

const METRICS_PER_CHUNK = 256;

export interface EncodeOptions {
  compression?: Compression | 'none';
}

/**
 * The payload of a birth. Metrics are taken one by one, and with compression only the compressed bytes are held, so
 * that a million of them can come from a generator.
 */
export async function encodeBirth(birth: BirthInput, options: EncodeOptions = {}): Promise<Buffer> {
  const { compression = 'none' } = options;
  if (compression === 'none') return Buffer.concat([...payloadPieces(birth)]);
  const compressed: Buffer[] = [];
  const deflater = compression === 'gzip' ? createGzip() : createDeflate();
  await pipeline(
    Readable.from(payloadPieces(birth), { objectMode: true }),
    deflater,
    async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) compressed.push(piece);
    },
  );
  return wrap(birth, compression, Buffer.concat(compressed));
}

/** The uncompressed payload of any Sparkplug message, at once. */
export function encodePayload(payload: BirthInput): Buffer {
  return Buffer.concat([...payloadPieces(payload)]);
}

function* payloadPieces(birth: BirthInput): Generator<Uint8Array, void, undefined> {
  let writer = ProtobufWriter.create();
  if (birth.timestamp !== undefined) writeLong(writer.uint32(PAYLOAD_TIMESTAMP), birth.timestamp);
  let pending = 0;
  for (const metric of birth.metrics) {
    writer.uint32(PAYLOAD_METRIC).fork();
    writeMetric(writer, metric);
    writer.ldelim();
    if (++pending < METRICS_PER_CHUNK) continue;
    yield writer.finish();
    writer = ProtobufWriter.create();
    pending = 0;
  }
  if (birth.seq !== undefined) writeLong(writer.uint32(PAYLOAD_SEQ), birth.seq);
  yield writer.finish();
}

/** The envelope of a compressed payload, as Eclipse Tahu builds it: uuid, body, and a metric naming the algorithm. */
function wrap(birth: BirthInput, compression: Compression, body: Buffer): Buffer {
  const writer = ProtobufWriter.create();
  if (birth.timestamp !== undefined) writeLong(writer.uint32(PAYLOAD_TIMESTAMP), birth.timestamp);
  writer.uint32(PAYLOAD_METRIC).fork();
  writer.uint32(METRIC_NAME).string('algorithm').uint32(METRIC_DATATYPE).uint32(Datatype.String);
  writer.uint32(METRIC_STRING).string(compression.toUpperCase()).ldelim();
  if (birth.seq !== undefined) writeLong(writer.uint32(PAYLOAD_SEQ), birth.seq);
  writer.uint32(PAYLOAD_UUID).string(COMPRESSED_UUID).uint32(PAYLOAD_BODY).bytes(body);
  return Buffer.from(writer.finish());
}
