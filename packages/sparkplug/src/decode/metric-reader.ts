import { Datatype, datatypeName, isMetricDatatype } from '../datatype.ts';
import { excerpt } from '../faults.ts';
import type { MetricFaultReason } from '../faults.ts';
import type { Limits } from '../limits.ts';
import type { BirthMetric, DecodedProperty, RejectedMetric } from '../metric.ts';
import { nextField, type Source } from '../protobuf.ts';
import {
  METADATA_DESCRIPTION,
  METRIC_ALIAS,
  METRIC_DATASET,
  METRIC_DATATYPE,
  METRIC_DOUBLE,
  METRIC_IS_HISTORICAL,
  METRIC_IS_NULL,
  METRIC_IS_TRANSIENT,
  METRIC_METADATA,
  METRIC_NAME,
  METRIC_PROPERTIES,
  METRIC_TEMPLATE,
  METRIC_TIMESTAMP,
} from '../wire.ts';
import { FaultList } from './fault-list.ts';
import { readUnsigned } from './integer.ts';
import { messageOf, PropertyReader } from './properties.ts';
import { readDataSet } from './data-set.ts';
import { readText } from './text.ts';

const DOCUMENTATION = 'documentation';
/** Of a name that cannot be used. */
const SHOWN_BYTES = 256;
const LONGEST_NAME = 4_096;

/** Reads one metric after another from buffers. Values are skipped, unless they are metadata themselves. */
export class MetricReader {
  readonly faults: FaultList;
  /** Where the template of the metric read last is; start is -1 when it has none. */
  templateStart = -1;
  templateEnd = -1;
  readonly #limits: Limits;
  readonly #properties: PropertyReader;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.faults = new FaultList(limits.faultsPerMetric);
    this.#properties = new PropertyReader(limits, this.faults);
  }

  /** Reads the metric between `start` and `end` of the source. Never throws. */
  read(source: Source, start: number, end: number, ordinal: number): BirthMetric {
    try {
      return this.#read(source, start, end, ordinal);
    } catch (error) {
      this.faults.take();
      this.templateStart = -1;
      const name = peekName(source, start, end);
      return reject({ ordinal, name, alias: null, reason: 'METRIC_MALFORMED', detail: messageOf(error) });
    }
  }

  #read(source: Source, start: number, end: number, ordinal: number): BirthMetric {
    const { reader, buffer } = source;
    let nameStart = -1;
    let nameEnd = -1;
    let alias: string | null = null;
    let datatype = 0;
    let isHistorical = false;
    let isTransient = false;
    let isNull = false;
    let description: string | null = null;
    let dataSetStart = -1;
    let dataSetEnd = -1;
    this.templateStart = -1;
    this.#properties.begin();
    reader.pos = start;
    reader.len = end;
    while (reader.pos < end) {
      const tag = reader.tag();
      switch (tag) {
        case METRIC_NAME: {
          const length = reader.size();
          nameStart = reader.pos;
          reader.skip(length);
          nameEnd = reader.pos;
          break;
        }
        case METRIC_DATATYPE:
          datatype = reader.uint32();
          break;
        case METRIC_PROPERTIES: {
          const length = reader.size();
          const first = reader.pos;
          reader.skip(length);
          const last = reader.pos;
          reader.pos = first;
          this.#properties.collect(source, last);
          break;
        }
        case METRIC_ALIAS: {
          alias = String(readUnsigned(reader));
          break;
        }
        case METRIC_IS_HISTORICAL:
          isHistorical = reader.bool();
          break;
        case METRIC_IS_TRANSIENT:
          isTransient = reader.bool();
          break;
        case METRIC_IS_NULL:
          isNull = reader.bool();
          break;
        case METRIC_METADATA:
          description = this.#readDescription(source) ?? description;
          break;
        case METRIC_DATASET: {
          const length = reader.size();
          dataSetStart = reader.pos;
          reader.skip(length);
          dataSetEnd = reader.pos;
          break;
        }
        case METRIC_TEMPLATE: {
          const length = reader.size();
          this.templateStart = reader.pos;
          reader.skip(length);
          this.templateEnd = reader.pos;
          break;
        }
        case METRIC_TIMESTAMP:
          reader.skip();
          break;
        case METRIC_DOUBLE:
          reader.skip(8);
          break;
        default:
          reader.skipType(tag & 7);
      }
    }
    // Null first: a null template or data set may still carry bytes.
    if (isNull) this.templateStart = -1;

    let name: string | null = null;
    if (nameEnd > nameStart) {
      const tooLong = nameEnd - nameStart > this.#limits.nameBytes;
      name = tooLong ? null : readText(source, nameStart, nameEnd);
      if (name === null) {
        const shown = buffer.toString('utf8', nameStart, Math.min(nameEnd, nameStart + SHOWN_BYTES));
        const reason = tooLong ? 'NAME_TOO_LONG' : 'NAME_NOT_TEXT';
        return this.#reject(ordinal, shown, alias, reason, `${nameEnd - nameStart} bytes`);
      }
    }
    if (name === null && alias === null) {
      return this.#reject(ordinal, null, null, 'NAME_MISSING', `metric ${ordinal} of the birth`);
    }

    const properties = this.#properties.finish(source);
    if (description !== null) addUnlessThere(properties, DOCUMENTATION, description);
    if (dataSetStart >= 0 && !isNull) {
      reader.pos = dataSetStart;
      for (const { key, value } of readDataSet(source, dataSetEnd, this.#limits, this.faults)) {
        addUnlessThere(properties, key, String(value));
      }
    }
    if (!isMetricDatatype(datatype)) this.faults.add('DATATYPE_UNKNOWN', null, datatypeName(datatype));
    const faults = this.faults.take();
    return {
      rejected: false,
      ordinal,
      name,
      alias,
      datatype,
      isHistorical,
      isTransient,
      isNull,
      properties,
      faults,
    };
  }

  #readDescription(source: Source): string | null {
    const { reader } = source;
    const length = reader.size();
    const end = reader.pos + length;
    const outer = reader.len;
    if (end > outer) throw new RangeError('metadata runs past its metric');
    reader.len = end;
    let description: string | null = null;
    try {
      while (reader.pos < end) {
        const tag = reader.tag();
        if (tag === METADATA_DESCRIPTION) description = this.#descriptionText(source);
        else reader.skipType(tag & 7);
      }
    } catch (error) {
      this.faults.add('PROPERTY_MALFORMED', DOCUMENTATION, `metadata: ${messageOf(error)}`);
    }
    reader.pos = end;
    reader.len = outer;
    return description;
  }

  #descriptionText(source: Source): string | null {
    const { reader } = source;
    const length = reader.size();
    const start = reader.pos;
    reader.skip(length);
    if (length > this.#limits.stringBytes) {
      this.faults.add('STRING_TOO_LONG', DOCUMENTATION, `metadata description of ${length} bytes`);
      return null;
    }
    const text = readText(source, start, reader.pos);
    if (text !== null) return text;
    this.faults.add('STRING_NOT_TEXT', DOCUMENTATION, `metadata description of ${length} bytes`);
    return null;
  }

  #reject(
    ordinal: number,
    name: string | null,
    alias: string | null,
    reason: MetricFaultReason,
    detail: string,
  ): RejectedMetric {
    this.faults.take();
    this.templateStart = -1;
    return reject({ ordinal, name, alias, reason, detail });
  }
}

/** `name` is the whole name, as far as it can be told. */
export function reject(metric: Omit<RejectedMetric, 'rejected' | 'wholeName'>): RejectedMetric {
  const { ordinal, name, alias, reason, detail } = metric;
  const shown = name === null ? null : excerpt(name);
  return { rejected: true, ordinal, name: shown, wholeName: name, alias, reason, detail };
}

function addUnlessThere(properties: DecodedProperty[], key: string, value: string): void {
  if (properties.some((property) => property.key === key)) return;
  properties.push({ key, type: Datatype.String, value });
}

/** The name of a metric that cannot be read to its end, cut where it is longer than any that is stored. */
export function peekName(source: Source, start: number, end: number): string | null {
  const span = findName(source, start, end);
  return span === null
    ? null
    : source.buffer.toString('utf8', span.start, Math.min(span.end, span.start + LONGEST_NAME));
}

/** Where the name of a metric is; null when it has none, or is broken before it. */
export function findName({ reader }: Source, start: number, end: number): { start: number; end: number } | null {
  try {
    return nextField(reader, METRIC_NAME, start, end);
  } catch {
    // Broken before the name: the ordinal has to do.
    return null;
  }
}
