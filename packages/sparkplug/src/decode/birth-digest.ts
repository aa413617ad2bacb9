import { createHash } from 'node:crypto';
import type { Source } from '../protobuf.ts';
import {
  METRIC_BOOLEAN,
  METRIC_BYTES,
  METRIC_DATASET,
  METRIC_DOUBLE,
  METRIC_FLOAT,
  METRIC_INT,
  METRIC_IS_NULL,
  METRIC_LONG,
  METRIC_STRING,
  METRIC_TEMPLATE,
  METRIC_TIMESTAMP,
} from '../wire.ts';

const SCRATCH_BYTES = 64 * 1024;
const LEAST_TAG = 8;
/** No field begins with it. */
const METRIC_BEGINS = 0;

/** Hashes metrics as they stand on the wire, without their values: a small part of the work of reading them. */
export class BirthDigest {
  readonly #hash = createHash('sha256');
  /** Hashing many short pieces takes longer than copying them together first. */
  readonly #scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  #used = 0;

  /** False when the metric is broken, or one whose value says what properties it has. */
  add(source: Source, start: number, end: number): boolean {
    const { reader } = source;
    reader.pos = start;
    reader.len = end;
    this.#begin();
    // Fields are copied from here on.
    let from = start;
    try {
      while (reader.pos < end) {
        const at = reader.pos;
        const tag = reader.tag();
        if (tag < LEAST_TAG || tag === METRIC_DATASET || tag === METRIC_TEMPLATE) return false;
        if (tag === METRIC_IS_NULL) reader.bool();
        else reader.skipType(tag & 7);
        if (!isValue(tag)) continue;
        this.#copy(source.buffer, from, at);
        from = reader.pos;
      }
    } catch {
      // How it is broken is for the reader of metrics to say.
      return false;
    }
    this.#copy(source.buffer, from, end);
    return true;
  }

  /** 32 bytes; ends the digest. */
  finish(): Buffer {
    this.#flush();
    return this.#hash.digest();
  }

  #begin(): void {
    if (this.#used === SCRATCH_BYTES) this.#flush();
    this.#scratch[this.#used++] = METRIC_BEGINS;
  }

  #copy(buffer: Buffer, start: number, end: number): void {
    if (start === end) return;
    if (this.#used + end - start > SCRATCH_BYTES) this.#flush();
    if (end - start > SCRATCH_BYTES) this.#hash.update(buffer.subarray(start, end));
    else this.#used += buffer.copy(this.#scratch, this.#used, start, end);
  }

  #flush(): void {
    this.#hash.update(this.#scratch.subarray(0, this.#used));
    this.#used = 0;
  }
}

/** What differs from one birth to the next though nothing was changed. */
function isValue(tag: number): boolean {
  switch (tag) {
    case METRIC_TIMESTAMP:
    case METRIC_INT:
    case METRIC_LONG:
    case METRIC_FLOAT:
    case METRIC_DOUBLE:
    case METRIC_BOOLEAN:
    case METRIC_STRING:
    case METRIC_BYTES:
      return true;
    default:
      return false;
  }
}
