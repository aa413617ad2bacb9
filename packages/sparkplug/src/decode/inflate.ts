import { types } from 'node:util';
import { createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { PayloadError } from '../faults.ts';

const CHUNK_BYTES = 128 * 1024;

export type Compression = 'gzip' | 'deflate';

interface InflateOptions {
  compression: Compression;
  /** Throws INFLATED_TOO_LARGE beyond. */
  mostBytes: number;
  signal: AbortSignal | undefined;
}

/**
 * Inflates a body in chunks of at most 128 KiB, off the main thread, as fast as the consumer takes them: a chunk or two
 * are held, whatever the body inflates to. Throws PayloadError, or the signal's reason.
 */
export async function* inflate(body: Uint8Array, options: InflateOptions): AsyncGenerator<Buffer, void, undefined> {
  const stream = inflaterFor(body, options.compression);
  let bytes = 0;
  try {
    stream.end(body);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      options.signal?.throwIfAborted();
      bytes += chunk.length;
      if (bytes > options.mostBytes) {
        throw new PayloadError('INFLATED_TOO_LARGE', `more than ${options.mostBytes} bytes from ${body.length}`);
      }
      yield chunk;
    }
  } catch (error) {
    if (isZlibError(error)) {
      throw new PayloadError('COMPRESSED_BODY_CORRUPT', `${error.message} after ${bytes} bytes`, { cause: error });
    }
    throw error;
  } finally {
    stream.destroy();
  }
}

/** The bytes decide between the formats: publishers name the algorithm and mean any of the three envelopes of it. */
function inflaterFor(body: Uint8Array, compression: Compression) {
  const [first = 0, second = 0] = body;
  const options = { chunkSize: CHUNK_BYTES, readableHighWaterMark: CHUNK_BYTES };
  if (first === 0x1f && second === 0x8b) return createGunzip(options);
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  if (isZlib) return createInflate(options);
  return compression === 'gzip' ? createGunzip(options) : createInflateRaw(options);
}

function isZlibError(error: unknown): error is { code: string; message: string } {
  // Not `instanceof Error`: under jest, Node.js makes its errors with an Error of its own.
  return types.isNativeError(error) && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}
