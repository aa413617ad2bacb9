import { PayloadError } from '../faults.ts';
import { PAYLOAD_BODY, PAYLOAD_METRIC, PAYLOAD_SEQ, PAYLOAD_TIMESTAMP, PAYLOAD_UUID } from '../wire.ts';

const DEEPEST_GROUP = 100;
const LONGEST_UUID = 1_024;

/** What `next` found: `more` asks for another chunk, `oversized` is a metric beyond the limit, shown by its beginning. */
export type TopField = 'metric' | 'oversized' | 'timestamp' | 'seq' | 'uuid' | 'body' | 'more';

interface Options {
  /** Bytes of the longest metric handed out whole. */
  metricBytes: number;
  /** False skips `body` without holding it. */
  bodies: boolean;
}

/**
 * Splits a payload, fed in chunks cut anywhere, into its top-level fields. Holds at most one field that a chunk's end
 * cut through; long fields of no interest are skipped without being held. Throws PayloadError when the framing breaks.
 */
export class FieldSplitter {
  /** Where the field found last is: `buffer.subarray(start, end)`. */
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** The number found last, for `timestamp` and `seq`. */
  value = 0n;
  readonly #options: Options;
  #rest: Buffer | null = null;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Bytes from the beginning of the held field that are needed to go on. */
  #needed = 0;
  #skip = 0;
  #groups = 0;
  #position = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Gives the next chunk, after `more`. The splitter keeps views of it. */
  feed(chunk: Buffer): void {
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, chunk.length);
      this.#skip -= skipped;
      chunk = chunk.subarray(skipped);
    }
    if (this.#heldBytes === 0) {
      this.#load(chunk, null);
    } else if (this.#heldBytes + chunk.length < this.#needed) {
      this.#hold(chunk);
    } else {
      // Only the field cut in two is copied, not the whole chunk.
      const missing = this.#needed - this.#heldBytes;
      this.#hold(chunk.subarray(0, missing));
      const whole = Buffer.concat(this.#held, this.#heldBytes);
      this.#held = [];
      this.#heldBytes = 0;
      this.#load(whole, chunk.subarray(missing));
    }
  }

  next(): TopField {
    if (this.#nextIsMetric()) return 'metric';
    for (;;) {
      if (this.#position >= this.buffer.length) {
        if (this.#rest === null) return 'more';
        this.#load(this.#rest, null);
        continue;
      }
      const found = this.#field();
      if (found !== null && (found === 'more' || this.#groups === 0)) return found;
    }
  }

  /** The payload is over. Throws PAYLOAD_TRUNCATED when it ended within a field. */
  finish(): void {
    if (this.#heldBytes > 0 || this.#skip > 0 || this.#groups > 0) {
      throw new PayloadError('PAYLOAD_TRUNCATED', 'the payload ends within a field');
    }
  }

  /** The usual case without detours: a metric of less than 16 KiB, whole in the buffer. */
  #nextIsMetric(): boolean {
    const { buffer } = this;
    const at = this.#position;
    if (buffer[at] !== PAYLOAD_METRIC || this.#groups > 0) return false;
    const low = buffer[at + 1] ?? 0x80;
    const high = low < 0x80 ? 0 : (buffer[at + 2] ?? 0x80);
    if (high >= 0x80) return false;
    const start = at + (low < 0x80 ? 2 : 3);
    const end = start + (low & 0x7f) + high * 0x80;
    if (end > buffer.length || end - start > this.#options.metricBytes) return false;
    this.start = start;
    this.end = end;
    this.#position = end;
    return true;
  }

  /** Reads the field at the position; null when it is of no interest. */
  #field(): TopField | null {
    const first = this.#position;
    const tag = this.#varint();
    if (tag < 0) return this.#wait(first, this.buffer.length - first + 1);
    if (tag > 0xffff_ffff || tag < 8) throw malformed(`tag ${tag}`);
    switch (tag & 7) {
      case 0: {
        const start = this.#position;
        if (this.#varint() < 0) return this.#wait(first, this.buffer.length - first + 1);
        if (tag !== PAYLOAD_TIMESTAMP && tag !== PAYLOAD_SEQ) return null;
        this.value = exactVarint(this.buffer, start, this.#position);
        return tag === PAYLOAD_TIMESTAMP ? 'timestamp' : 'seq';
      }
      case 1:
        return this.#fixed(first, 8);
      case 5:
        return this.#fixed(first, 4);
      case 2:
        return this.#delimited(first, tag);
      case 3:
        if (++this.#groups > DEEPEST_GROUP) throw malformed('groups nested too deep');
        return null;
      case 4:
        if (--this.#groups < 0) throw malformed('a group ends that did not begin');
        return null;
      default:
        throw malformed(`wire type ${tag & 7}`);
    }
  }

  #fixed(first: number, size: number): TopField | null {
    if (this.#position + size > this.buffer.length) return this.#wait(first, this.#position + size - first);
    this.#position += size;
    return null;
  }

  #delimited(first: number, tag: number): TopField | null {
    const length = this.#varint();
    if (length < 0) return this.#wait(first, this.buffer.length - first + 1);
    if (length > 0x7fff_ffff) throw malformed(`a field of ${length} bytes`);
    this.start = this.#position;
    this.end = this.start + length;
    const kind = this.#groups === 0 ? this.#kind(tag, length) : null;
    if (this.end <= this.buffer.length) this.#position = this.end;
    else if (kind === null || kind === 'oversized') this.#skipBeyond();
    else return this.#wait(first, this.end - first);
    return kind;
  }

  #kind(tag: number, length: number): TopField | null {
    if (tag === PAYLOAD_METRIC) return length > this.#options.metricBytes ? 'oversized' : 'metric';
    if (tag === PAYLOAD_UUID) return length > LONGEST_UUID ? null : 'uuid';
    return tag === PAYLOAD_BODY && this.#options.bodies ? 'body' : null;
  }

  /** Skips what is there of the field and remembers the rest. */
  #skipBeyond(): void {
    this.#skip = this.end - this.buffer.length;
    this.end = this.buffer.length;
    this.#position = this.buffer.length;
    if (this.#rest !== null) {
      const skipped = Math.min(this.#skip, this.#rest.length);
      this.#skip -= skipped;
      this.#rest = this.#rest.subarray(skipped);
    }
  }

  /** The number at the position, exact up to 2^53 as tags and lengths are; -1 when it is cut. */
  #varint(): number {
    let value = 0;
    for (let scale = 1, count = 0; count < 10; scale *= 128, count++) {
      const byte = this.buffer[this.#position];
      if (byte === undefined) return -1;
      this.#position++;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw malformed('a number of more than ten bytes');
  }

  #load(buffer: Buffer, rest: Buffer | null): void {
    this.buffer = buffer;
    this.#rest = rest;
    this.#position = 0;
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #wait(first: number, needed: number): 'more' | null {
    const cut = this.buffer.subarray(first);
    const rest = this.#rest;
    this.#load(Buffer.alloc(0), null);
    this.#hold(cut);
    this.#needed = needed;
    if (rest === null) return 'more';
    this.feed(rest);
    return null;
  }
}

function exactVarint(buffer: Buffer, start: number, end: number): bigint {
  let value = 0n;
  for (let i = end - 1; i >= start; i--) value = (value << 7n) | BigInt((buffer[i] ?? 0) & 0x7f);
  return BigInt.asUintN(64, value);
}

function malformed(detail: string): PayloadError {
  return new PayloadError('PAYLOAD_MALFORMED', detail);
}
