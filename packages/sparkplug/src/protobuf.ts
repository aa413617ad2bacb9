import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';

export type { Reader, Writer } from 'protobufjs/minimal.js';

/** protobufjs is CommonJS and its names are not visible to `import { ... }`. */
export const { Writer: ProtobufWriter } = protobuf;

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
