import { setImmediate as nextTurn } from 'node:timers/promises';
import { PayloadError } from '../faults.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { Limits } from '../limits.ts';
import type { BirthMetric } from '../metric.ts';
import { TemplateDefinitions } from '../templates/definitions.ts';
import { Source } from '../protobuf.ts';
import { BirthDigest } from './birth-digest.ts';
import { COMPRESSED_UUID, readEnvelope } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { FieldSplitter } from './field-splitter.ts';
import { FlatMetrics } from './flat-metrics.ts';
import type { Compression } from './inflate.ts';
import { NestedMetrics } from './nested-metrics.ts';
import { Ordinals } from './ordinals.ts';
import { payloadChunks } from './payload-chunks.ts';

const BATCH_METRICS = 1_024;
/** A batch of members has no more properties, about, for what they inherit costs no bytes on the wire. */
const BATCH_WORK = 16_384;
const BROKEN_FRAMES: ReadonlySet<string> = new Set(['PAYLOAD_MALFORMED', 'PAYLOAD_TRUNCATED']);

export interface BirthHeader {
  /** Milliseconds since 1970 UTC; null when the publisher sent none. */
  timestamp: bigint | null;
  seq: number | null;
  uuid: string | null;
  compression: Compression | 'none';
  /** Bytes as received. */
  rawBytes: number;
  /** Bytes read so far, after inflation. */
  inflatedBytes: number;
  /** Metrics handed out so far, rejected ones included. */
  metricCount: number;
  rejectedCount: number;
  /** Template instances or definitions have been seen. */
  hasTemplates: boolean;
}

export interface BirthOptions {
  limits?: Partial<Limits> | undefined;
  /** What the edge node's NBIRTH defined. */
  templates?: TemplateDefinitions | undefined;
  /**
   * Which metrics are wanted, by their ordinals; the others are passed over without being read. Only for a birth without template
   * instances, as `header` told in an earlier reading: those have no ordinal before they are read.
   */
  only?: ((ordinal: number) => boolean) | undefined;
}

export interface Birth {
  /** Complete once `metrics` or `digest` has ended: the timestamp may stand behind the metrics. */
  readonly header: Readonly<BirthHeader>;
  /**
   * Reads the birth, a batch of metrics at a time; nothing more is inflated while the consumer works on a batch.
   * Template instances come after all other metrics, in a second pass over the payload.
   *
   * Throws PayloadError where the payload cannot be read on. What was handed out before is good, the rest is unknown,
   * so such a birth does not tell which metrics are gone. Throws the signal's reason.
   */
  metrics(signal?: AbortSignal): AsyncGenerator<BirthMetric[], void, undefined>;
  /**
   * Takes a fraction of the time that `metrics` takes. Births with the same digest have the same metrics, whatever their own
   * timestamps and their metrics' timestamps and values are; for births with different ones this need not be otherwise. 32 bytes;
   * null for a birth that is broken, too large, or has templates or data sets.
   *
   * Throws the signal's reason.
   */
  digest(signal?: AbortSignal): Promise<Buffer | null>;
}

/** Prepares to read a birth. Does not throw, whatever the bytes: `metrics` does. They must not change until it ends. */
export function openBirth(payload: Uint8Array, options: BirthOptions = {}): Birth {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return new OpenBirth(bytes, options);
}

class OpenBirth implements Birth {
  readonly header: BirthHeader;
  readonly #payload: Buffer;
  readonly #limits: Limits;
  readonly #templates: TemplateDefinitions;
  readonly #only: BirthOptions['only'];
  readonly #envelope: Envelope;

  constructor(payload: Buffer, { limits, templates, only }: BirthOptions) {
    this.#payload = payload;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#templates = templates ?? new TemplateDefinitions();
    this.#only = only;
    this.#envelope = readEnvelope(payload, this.#limits);
    this.header = blankHeader(this.#envelope, payload.length);
  }

  async *metrics(signal?: AbortSignal): AsyncGenerator<BirthMetric[], void, undefined> {
    if (this.#payload.length === 0) throw new PayloadError('PAYLOAD_EMPTY', 'no bytes');
    Object.assign(this.header, blankHeader(this.#envelope, this.#payload.length));
    const ordinals = new Ordinals(this.#limits.metrics);
    const flat = new FlatMetrics(this.#limits, ordinals, this.#only);
    yield* this.#readFlat(flat, signal);
    if (flat.firstTemplate === null) return;
    this.header.hasTemplates = true;
    const nested = new NestedMetrics(this.#limits, ordinals, this.#templates, flat);
    yield* this.#readNested(nested, signal);
  }

  async digest(signal?: AbortSignal): Promise<Buffer | null> {
    Object.assign(this.header, blankHeader(this.#envelope, this.#payload.length));
    try {
      return await this.#digest(signal);
    } catch (error) {
      if (error instanceof PayloadError) return null;
      throw error;
    }
  }

  async #digest(signal: AbortSignal | undefined): Promise<Buffer | null> {
    const splitter = this.#splitter();
    const digest = new BirthDigest();
    let source = new Source(Buffer.alloc(0));
    for await (const chunk of payloadChunks(this.#payload, this.#envelope, this.#limits, signal)) {
      this.header.inflatedBytes += chunk.length;
      splitter.feed(chunk);
      for (let field = splitter.next(); field !== 'more'; field = splitter.next()) {
        if (field === 'metric') {
          if (++this.header.metricCount > this.#limits.metrics) return null;
          if (source.buffer !== splitter.buffer) source = new Source(splitter.buffer);
          if (!digest.add(source, splitter.start, splitter.end)) return null;
        } else if (field === 'oversized') {
          return null;
        } else {
          this.#readHeader(field, splitter);
        }
      }
    }
    splitter.finish();
    return this.header.metricCount === 0 ? null : digest.finish();
  }

  async *#readFlat(flat: FlatMetrics, signal: AbortSignal | undefined): AsyncGenerator<BirthMetric[], void, undefined> {
    const splitter = this.#splitter();
    // What has no field of a payload is not a broken payload but something else.
    const seen = { isPayload: this.#envelope.kind === 'broken' };
    try {
      yield* this.#readFields(flat, splitter, seen, signal);
      splitter.finish();
    } catch (error) {
      const isBroken = error instanceof PayloadError && BROKEN_FRAMES.has(error.reason);
      if (!isBroken || seen.isPayload) throw error;
      throw new PayloadError('PAYLOAD_NOT_SPARKPLUG', error.message, { cause: error });
    }
    if (!seen.isPayload) throw new PayloadError('PAYLOAD_NOT_SPARKPLUG', `${this.header.inflatedBytes} bytes`);
  }

  async *#readFields(
    flat: FlatMetrics,
    splitter: FieldSplitter,
    seen: { isPayload: boolean },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<BirthMetric[], void, undefined> {
    for await (const chunk of payloadChunks(this.#payload, this.#envelope, this.#limits, signal)) {
      this.header.inflatedBytes += chunk.length;
      splitter.feed(chunk);
      const batch: BirthMetric[] = [];
      let failure: unknown = null;
      try {
        for (let field = splitter.next(); field !== 'more'; field = splitter.next()) {
          if (field === 'metric') flat.read(splitter, batch);
          else if (field === 'oversized') flat.readOversized(splitter, batch);
          else this.#readHeader(field, splitter);
          seen.isPayload ||= field !== 'uuid';
        }
      } catch (error) {
        failure = error;
      }
      if (batch.length > 0) yield this.#count(batch);
      if (failure !== null) throw failure;
    }
  }

  async *#readNested(nested: NestedMetrics, signal: AbortSignal | undefined): AsyncGenerator<BirthMetric[], void> {
    const splitter = this.#splitter();
    for await (const chunk of payloadChunks(this.#payload, this.#envelope, this.#limits, signal)) {
      splitter.feed(chunk);
      let batch: BirthMetric[] = [];
      let failure: unknown = null;
      let workBefore = nested.work;
      try {
        for (const metric of nested.read(splitter)) {
          if (batch.push(metric) < BATCH_METRICS && nested.work - workBefore < BATCH_WORK) continue;
          yield this.#count(batch);
          await nextTurn();
          signal?.throwIfAborted();
          batch = [];
          workBefore = nested.work;
        }
      } catch (error) {
        failure = error;
      }
      if (batch.length > 0) yield this.#count(batch);
      if (failure !== null) throw failure;
    }
  }

  #splitter(): FieldSplitter {
    return new FieldSplitter({ metricBytes: this.#limits.metricBytes, bodies: false });
  }

  #readHeader(field: 'timestamp' | 'seq' | 'uuid' | 'body', splitter: FieldSplitter): void {
    if (field === 'timestamp') {
      this.header.timestamp = splitter.value;
    } else if (field === 'seq') {
      this.header.seq = Number(splitter.value);
    } else if (field === 'uuid') {
      const uuid = splitter.buffer.toString('utf8', splitter.start, splitter.end);
      this.header.uuid = uuid;
      if (uuid === COMPRESSED_UUID) throw new PayloadError('COMPRESSION_NESTED', 'compressed twice');
    }
  }

  #count(batch: BirthMetric[]): BirthMetric[] {
    this.header.metricCount += batch.length;
    for (const metric of batch) if (metric.rejected) this.header.rejectedCount++;
    return batch;
  }
}

function blankHeader(envelope: Envelope, rawBytes: number): BirthHeader {
  const counts = { rawBytes, inflatedBytes: 0, metricCount: 0, rejectedCount: 0, hasTemplates: false };
  if (envelope.kind !== 'compressed') return { timestamp: null, seq: null, uuid: null, compression: 'none', ...counts };
  // What the inflated payload says comes over it; some publishers fill in the envelope only.
  const { timestamp, seq, compression } = envelope;
  return { timestamp, seq: seq === null ? null : Number(seq), uuid: COMPRESSED_UUID, compression, ...counts };
}
