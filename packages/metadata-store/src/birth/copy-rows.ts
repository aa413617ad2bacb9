import type { BirthMetric, PropertyType, StoredProperty } from './birth-metric.ts';

/**
 * COPY text rows of the staging table: one row for each metric, and rows for properties that are to be compared with what is stored. Both
 * kinds share the table.
 */
export const stagingColumns = [
  'ordinal',
  'key',
  'type',
  'value',
  'uns_path',
  'datatype',
  'state',
  'fingerprint',
] as const;

/** COPY text rows of the properties of new metrics, for the table itself. */
export const propertyColumns = [
  'metric_id',
  'key',
  'type',
  'int_value',
  'long_value',
  'float_value',
  'double_value',
  'string_value',
  'boolean_value',
] as const;

/** One character each, because looking up an enum's label for every row of a COPY costs more than the cast later. */
const typeCode: Record<PropertyType, string> = {
  int: 'i',
  long: 'l',
  float: 'f',
  double: 'd',
  string: 's',
  boolean: 'b',
};

/** What stands before and behind the value of a property of each type: the other value columns are null. */
const around: Record<PropertyType, readonly [before: string, behind: string]> = {
  int: valueAt('int', 0),
  long: valueAt('long', 1),
  float: valueAt('float', 2),
  double: valueAt('double', 3),
  string: valueAt('string', 4),
  boolean: valueAt('boolean', 5),
};

function valueAt(type: PropertyType, place: number): [string, string] {
  return [`${type}\t${'\\N\t'.repeat(place)}`, `${'\t\\N'.repeat(5 - place)}\n`];
}

// eslint-disable-next-line no-control-regex
const special = /[\\\n\r\t]/;

/** Escapes a text for COPY. A backslash in front of each of the four characters that have a meaning. */
export function copyText(value: string): string {
  if (!special.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}

/** What the birth tells of a metric's properties: nothing, for they are `known`; `all` of them; or a `part`. */
const stateOf = (metric: BirthMetric): 'k' | 'a' | 'p' => {
  if (metric.properties === null) return 'k';
  return metric.partial === true ? 'p' : 'a';
};

/** The staging row of a metric. */
export function metricRow(metric: BirthMetric): string {
  return `${metric.ordinal}\t\\N\t\\N\t${copyText(metric.name)}\t${copyText(metric.unsPath)}\t${metric.datatype}\t${stateOf(metric)}\t\\\\x${metric.fingerprint.toString('hex')}\n`;
}

/** The staging row of one of its properties. */
export function stagedPropertyRow(ordinal: number, { key, type, value }: StoredProperty): string {
  return `${ordinal}\t${copyText(key)}\t${typeCode[type]}\t${copyText(String(value))}\t\\N\t\\N\t\\N\t\\N\n`;
}

/** The row of a property of a new metric. */
export function propertyRow(metricId: number, { key, type, value }: StoredProperty): string {
  const [before, behind] = around[type];
  const text = typeof value === 'string' ? copyText(value) : String(value);
  return `${metricId}\t${copyText(key)}\t${before}${text}${behind}`;
}

/** Joins the rows of many metrics into chunks of about 64 KiB, the size at which writing stops being the cost. */
export async function* copyChunks(
  batches: AsyncIterable<readonly BirthMetric[]>,
  rowsOf: (metric: BirthMetric) => string,
): AsyncGenerator<string> {
  let chunk = '';
  for await (const batch of batches) {
    for (const metric of batch) {
      chunk += rowsOf(metric);
      if (chunk.length > 65_536) {
        yield chunk;
        chunk = '';
      }
    }
  }
  if (chunk !== '') yield chunk;
}
