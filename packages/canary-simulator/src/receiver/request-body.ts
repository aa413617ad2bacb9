import type { IncomingMessage } from 'node:http';

export type RequestBody =
  | { readonly outcome: 'read'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly outcome: 'tooLarge' }
  /** The client left before it had sent everything. */
  | { readonly outcome: 'abandoned' };

/** Reads the whole body into memory of its own, which can be handed to another thread. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<RequestBody> {
  const { promise, resolve } = Promise.withResolvers<RequestBody>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else resolve({ outcome: 'tooLarge' });
  });
  request.on('end', () => resolve({ outcome: 'read', bytes: join(chunks, size) }));
  request.on('close', () => resolve({ outcome: 'abandoned' }));
  request.on('error', () => resolve({ outcome: 'abandoned' }));
  return promise;
}

function join(chunks: readonly Buffer[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
