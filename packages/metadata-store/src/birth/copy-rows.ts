import type { BirthMetric, PropertyType } from './birth-metric.ts';

/**
 * COPY text rows of the staging table: one row for the metric, then one for each property it brings. Both kinds share the table, so
 * that a birth is staged in one COPY while it is decoded, in the order it has on the wire.
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

/** One character each, because looking up an enum's label for every row of a COPY costs more than the cast later. */
const typeCode: Record<PropertyType, string> = {
  int: 'i',
  long: 'l',
  float: 'f',
  double: 'd',
  string: 's',
  boolean: 'b',
};

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

export function copyRows(metric: BirthMetric): string {
  let rows = `${metric.ordinal}\t\\N\t\\N\t${copyText(metric.name)}\t${copyText(metric.unsPath)}\t${metric.datatype}\t${stateOf(metric)}\t\\\\x${metric.fingerprint.toString('hex')}\n`;
  for (const property of metric.properties ?? []) {
    rows += `${metric.ordinal}\t${copyText(property.key)}\t${typeCode[property.type]}\t${copyText(String(property.value))}\t\\N\t\\N\t\\N\t\\N\n`;
  }
  return rows;
}

/** Joins the rows of many metrics into chunks of about 64 KiB, the size at which writing stops being the cost. */
export async function* copyChunks(batches: AsyncIterable<readonly BirthMetric[]>): AsyncGenerator<string> {
  let chunk = '';
  for await (const batch of batches) {
    for (const metric of batch) {
      chunk += copyRows(metric);
      if (chunk.length > 65_536) {
        yield chunk;
        chunk = '';
      }
    }
  }
  if (chunk !== '') yield chunk;
}
