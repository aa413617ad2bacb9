import type { PropertyType } from './typed-property.ts';

interface DatatypeMapping {
  readonly name: string;
  /** What it is in the store; null for datatypes that are not one single value. */
  readonly type: PropertyType | null;
  /** The values an integer may have, both ends included. */
  readonly least?: number | bigint;
  readonly greatest?: number | bigint;
}

/** Sparkplug 3.0.0, 6.4.16, by code. Bytes and File come as base64. */
const datatypes: readonly DatatypeMapping[] = [
  { name: 'Unknown', type: null },
  { name: 'Int8', type: 'int', least: -(2 ** 7), greatest: 2 ** 7 - 1 },
  { name: 'Int16', type: 'int', least: -(2 ** 15), greatest: 2 ** 15 - 1 },
  { name: 'Int32', type: 'int', least: -(2 ** 31), greatest: 2 ** 31 - 1 },
  { name: 'Int64', type: 'long', least: -(2n ** 63n), greatest: 2n ** 63n - 1n },
  { name: 'UInt8', type: 'int', least: 0, greatest: 2 ** 8 - 1 },
  { name: 'UInt16', type: 'int', least: 0, greatest: 2 ** 16 - 1 },
  { name: 'UInt32', type: 'long', least: 0, greatest: 2 ** 32 - 1 },
  { name: 'UInt64', type: 'long', least: 0, greatest: 2n ** 64n - 1n },
  { name: 'Float', type: 'float' },
  { name: 'Double', type: 'double' },
  { name: 'Boolean', type: 'boolean' },
  { name: 'String', type: 'string' },
  { name: 'DateTime', type: 'long', least: 0, greatest: 2n ** 64n - 1n },
  { name: 'Text', type: 'string' },
  { name: 'UUID', type: 'string' },
  { name: 'DataSet', type: null },
  { name: 'Bytes', type: 'string' },
  { name: 'File', type: 'string' },
  ...['Template', 'PropertySet', 'PropertySetList'].map((name) => ({ name, type: null })),
  ...[
    'Int8',
    'Int16',
    'Int32',
    'Int64',
    'UInt8',
    'UInt16',
    'UInt32',
    'UInt64',
    'Float',
    'Double',
    'Boolean',
    'String',
    'DateTime',
  ].map((element) => ({ name: `${element}Array`, type: null })),
];

/** Undefined for codes the specification does not have; 0 is one of them. */
export function datatypeOf(code: number): DatatypeMapping | undefined {
  return code === 0 ? undefined : datatypes[code];
}
