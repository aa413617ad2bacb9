import { Datatype, encodePayload, type MetricInput } from '@uns/sparkplug';

const { Double, String: Text, Int32, DataSet } = Datatype;

/** A length-delimited protobuf field. */
function field(number: number, content: Buffer): Buffer {
  const head = [(number << 3) | 2];
  for (let rest = content.length; ; rest >>>= 7) {
    head.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Buffer.concat([Buffer.from(head), content]);
  }
}

const metricField = 2;
const nameField = 1;
const metricPropertiesField = 9;

/** The bytes of a payload with one metric, as any library would send it. */
const encoded = (metric: MetricInput): Buffer => encodePayload({ metrics: [metric] });

/**
 * Ten ways in which a metric of a birth can be so broken that it cannot be stored, and the reason ingest gives for each. The bytes are one
 * metric of a payload: appended to an encoded payload they are part of it. `METRIC_TOO_LARGE` needs a limit of less than 20,000 bytes;
 * `PATH_TAKEN` and `NAME_DUPLICATE` a metric `Tag/<i>` in the same birth.
 */
export const brokenMetrics: { reason: string; bytes: (i: number) => Buffer }[] = [
  { reason: 'NAME_MISSING', bytes: () => encoded({ datatype: Double }) },
  { reason: 'NAME_NOT_TEXT', bytes: () => field(metricField, field(nameField, Buffer.from([0x66, 0xff, 0xfe]))) },
  { reason: 'NAME_TOO_LONG', bytes: (i) => encoded({ name: `${i}${'x'.repeat(3000)}`, datatype: Double }) },
  // The properties say that they are longer than the metric.
  {
    reason: 'METRIC_MALFORMED',
    bytes: (i) =>
      field(
        metricField,
        Buffer.concat([
          field(nameField, Buffer.from(`broken ${i}`)),
          Buffer.from([(metricPropertiesField << 3) | 2, 100]),
        ]),
      ),
  },
  {
    reason: 'METRIC_TOO_LARGE',
    bytes: (i) => encoded({ name: `large ${i}`, datatype: Text, value: 'x'.repeat(20_000) }),
  },
  {
    reason: 'TEMPLATE_DEFINITION',
    bytes: (i) =>
      encoded({ name: `definition ${i}`, datatype: Datatype.Template, value: { isDefinition: true, metrics: [] } }),
  },
  { reason: 'SEGMENT_EMPTY', bytes: (i) => encoded({ name: '/'.repeat(i + 1), datatype: Double }) },
  { reason: 'SEGMENT_TOO_LONG', bytes: (i) => encoded({ name: `${i}${'y'.repeat(300)}/z`, datatype: Double }) },
  { reason: 'PATH_TAKEN', bytes: (i) => encoded({ name: `TAG.${i}`, datatype: Int32 }) },
  { reason: 'NAME_DUPLICATE', bytes: (i) => encoded({ name: `Tag/${i}`, datatype: DataSet }) },
];
