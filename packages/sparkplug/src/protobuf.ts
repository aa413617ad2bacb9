import protobuf from 'protobufjs/minimal.js';

export type { Reader, Writer } from 'protobufjs/minimal.js';

/** protobufjs is CommonJS and its names are not visible to `import { ... }`. */
export const { Reader: ProtobufReader, Writer: ProtobufWriter } = protobuf;
