import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Limits } from '../limits.ts';
import type { Envelope } from './envelope.ts';
import { inflate } from './inflate.ts';

/** How much is read before others get their turn on the event loop. */
const CHUNK_BYTES = 128 * 1024;

/**
 * The bytes of a birth's metrics, in chunks: views of the payload, or what its body inflates to. Throws PayloadError
 * and the signal's reason.
 */
export async function* payloadChunks(
  payload: Buffer,
  envelope: Envelope,
  limits: Limits,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  switch (envelope.kind) {
    case 'broken':
      throw envelope.error;
    case 'compressed':
      yield* inflate(envelope.body, { compression: envelope.compression, mostBytes: limits.inflatedBytes, signal });
      return;
    case 'plain':
      for (let offset = 0; offset < payload.length; offset += CHUNK_BYTES) {
        if (offset > 0) await nextTurn();
        signal?.throwIfAborted();
        yield payload.subarray(offset, offset + CHUNK_BYTES);
      }
  }
}
