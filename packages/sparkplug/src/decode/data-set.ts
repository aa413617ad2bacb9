import { Datatype, datatypeName } from '../datatype.ts';
import type { Limits } from '../limits.ts';
import type { DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import { DATASET_COLUMN, DATASET_TYPE, DATASET_TYPES_PACKED, DATASET_WIDTH } from '../wire.ts';
import type { FaultList } from './fault-list.ts';
import { readUnsigned } from './integer.ts';
import { messageOf } from './properties.ts';
import { readText } from './text.ts';

/**
 * What a DataSet value says about its metric, as two properties holding JSON lists: `DataSet/columns` and
 * `DataSet/types`. Rows are values, and skipped; their cells may be of any kind, empty, or too few.
 * It is read from the reader's position to `end`.
 */
export function readDataSet(source: Source, end: number, limits: Limits, faults: FaultList): DecodedProperty[] {
  const columns: string[] = [];
  const types: number[] = [];
  let width: number | null = null;
  const { reader } = source;
  reader.len = end;
  try {
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === DATASET_WIDTH) {
        width = Number(readUnsigned(reader));
      } else if (tag === DATASET_COLUMN) {
        const length = reader.size();
        const start = reader.pos;
        reader.skip(length);
        const column = readText(source, start, reader.pos);
        if (column === null) throw new RangeError('a column name is not a text');
        if (columns.push(column) > limits.properties) throw new RangeError(`more than ${limits.properties} columns`);
      } else if (tag === DATASET_TYPE) {
        types.push(reader.uint32());
      } else if (tag === DATASET_TYPES_PACKED) {
        reader.uint32s(types);
      } else {
        reader.skipType(tag & 7);
      }
      if (types.length > limits.properties) throw new RangeError(`more than ${limits.properties} column types`);
    }
  } catch (error) {
    faults.add('DATASET_MALFORMED', null, messageOf(error));
    return [];
  }
  if (columns.length !== types.length || (width !== null && width !== columns.length)) {
    const detail = `${width ?? 'no'} columns declared, ${columns.length} names, ${types.length} types`;
    faults.add('DATASET_INCONSISTENT', null, detail);
  }
  const found = [
    { key: 'DataSet/columns', type: Datatype.String, value: JSON.stringify(columns) },
    { key: 'DataSet/types', type: Datatype.String, value: JSON.stringify(types.map(datatypeName)) },
  ];
  if (found.every(({ value }) => Buffer.byteLength(value) <= limits.stringBytes)) return found;
  faults.add('DATASET_MALFORMED', null, 'the column names are too long');
  return [];
}
