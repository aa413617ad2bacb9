import { PayloadError } from '../faults.ts';
import type { Limits } from '../limits.ts';
import { Source } from '../protobuf.ts';
import { METRIC_NAME, METRIC_STRING } from '../wire.ts';
import { FieldSplitter } from './field-splitter.ts';
import type { Compression } from './inflate.ts';

/** The only mark of a compressed payload: a device may own a metric called `algorithm`. */
export const COMPRESSED_UUID = 'SPBV1.0_COMPRESSED';

/** The outermost message of a birth: metrics, or a compressed body in which they are, or neither. */
export type Envelope =
  | { kind: 'plain' }
  | { kind: 'compressed'; compression: Compression; body: Buffer; timestamp: bigint | null; seq: bigint | null }
  | { kind: 'broken'; error: PayloadError };

/**
 * An envelope has one metric, which names the algorithm. With this many in front, a payload is no envelope: the largest
 * birth need not be looked through twice.
 */
const MOST_METRICS = 64;

/** Looks through the top-level fields until it knows. */
export function readEnvelope(payload: Buffer, limits: Limits): Envelope {
  const splitter = new FieldSplitter({ metricBytes: limits.metricBytes, bodies: true });
  let uuid: string | null = null;
  let body: Buffer | null = null;
  let timestamp: bigint | null = null;
  let seq: bigint | null = null;
  let broken: PayloadError | null = null;
  const heads: { start: number; end: number }[] = [];
  try {
    splitter.feed(payload);
    for (let field = splitter.next(); field !== 'more'; field = splitter.next()) {
      if (field === 'uuid') uuid = payload.toString('utf8', splitter.start, splitter.end);
      else if (field === 'body') body = payload.subarray(splitter.start, splitter.end);
      else if (field === 'timestamp') timestamp = splitter.value;
      else if (field === 'seq') seq = splitter.value;
      else if (field === 'metric') heads.push({ start: splitter.start, end: splitter.end });
      if (heads.length > MOST_METRICS) return { kind: 'plain' };
    }
    splitter.finish();
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    broken = error;
  }
  if (uuid !== COMPRESSED_UUID) return { kind: 'plain' };
  if (broken !== null) return { kind: 'broken', error: broken };
  if (body === null) {
    return { kind: 'broken', error: new PayloadError('COMPRESSED_BODY_MISSING', 'a compressed payload without body') };
  }
  const algorithm = algorithmOf(payload, heads);
  const compression = algorithm.toLowerCase();
  if (compression === 'gzip' || compression === 'deflate') {
    return { kind: 'compressed', compression, body, timestamp, seq };
  }
  return { kind: 'broken', error: new PayloadError('COMPRESSION_UNKNOWN', JSON.stringify(algorithm.slice(0, 40))) };
}

/** Publishers that name no algorithm mean DEFLATE: it is the default of the Tahu libraries. */
function algorithmOf(payload: Buffer, metrics: readonly { start: number; end: number }[]): string {
  const source = new Source(payload);
  for (const { start, end } of metrics) {
    const { name, text } = readTextMetric(source, start, end);
    if (name === 'algorithm' && text !== null) return text;
  }
  return 'DEFLATE';
}

function readTextMetric({ reader }: Source, start: number, end: number): { name: string | null; text: string | null } {
  let name: string | null = null;
  let text: string | null = null;
  reader.pos = start;
  reader.len = end;
  try {
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === METRIC_NAME) name = reader.string();
      else if (tag === METRIC_STRING) text = reader.string();
      else reader.skipType(tag & 7);
    }
  } catch {
    // A broken metric of an envelope is one that does not name the algorithm.
  }
  return { name, text };
}
