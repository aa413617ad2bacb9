import { createHash } from 'node:crypto';

const headBytes = 64;

/** What is kept of a frame that could not be read: enough to tell it from others and to recognise what it is. */
export function frameSample(topic: string, payload: Buffer) {
  return {
    topic: topic.slice(0, 500).replaceAll('\0', '\uFFFD').toWellFormed(),
    bytes: payload.length,
    sha256: createHash('sha256').update(payload).digest('hex'),
    /** The first 64 bytes, in hex. */
    head: payload.toString('hex', 0, headBytes),
  };
}
