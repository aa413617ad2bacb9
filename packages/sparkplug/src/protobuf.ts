import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';

export type { Reader, Writer } from 'protobufjs/minimal.js';

/** protobufjs is CommonJS and its names are not visible to `import { ... }`. */
export const { Writer: ProtobufWriter } = protobuf;

/**
 * The next field with this tag, of those that say how long they are, from `position` on: where its bytes are. Null when there is none.
 * Throws on broken protobuf.
 */
export function nextField(
  reader: Reader,
  tag: number,
  position: number,
  end: number,
): { start: number; end: number } | null {
  reader.pos = position;
  reader.len = end;
  while (reader.pos < end) {
    const found = reader.tag();
    if (found !== tag) {
      reader.skipType(found & 7);
      continue;
    }
    const length = reader.size();
    const start = reader.pos;
    reader.skip(length);
    return { start, end: reader.pos };
  }
  return null;
}

/** Bytes to read, and a reader that is moved about in them: `reader.pos` and `reader.len` are set by whoever reads. */
export class Source {
  readonly buffer: Buffer;
  readonly view: DataView;
  readonly reader: Reader;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    this.reader = protobuf.Reader.create(buffer);
  }
}
