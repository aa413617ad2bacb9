import type { Limits } from '../limits.ts';
import type { BirthMetric } from '../metric.ts';
import { Source } from '../protobuf.ts';
import type { TemplateDefinitions } from '../templates/definitions.ts';
import { METRIC_IS_NULL, METRIC_TEMPLATE } from '../wire.ts';
import type { FieldSplitter } from './field-splitter.ts';
import type { FlatMetrics } from './flat-metrics.ts';
import { InstanceReader } from './instance-reader.ts';
import { findName, reject } from './metric-reader.ts';
import type { NameSet } from './name-set.ts';
import type { Ordinals } from './ordinals.ts';

/**
 * The second pass over a birth: its template instances. A member that is also published flat yields to the flat metric,
 * which may stand anywhere in the payload; hence the two passes.
 */
export class NestedMetrics {
  readonly #instances: InstanceReader;
  readonly #flatNames: NameSet;
  readonly #longestName: number;
  readonly #firstTemplate: number;
  #source = new Source(Buffer.alloc(0));
  #position = 0;

  constructor(limits: Limits, ordinals: Ordinals, templates: TemplateDefinitions, flat: FlatMetrics) {
    this.#instances = new InstanceReader(limits, templates, ordinals);
    this.#longestName = limits.nameBytes;
    this.#flatNames = flat.namesBehind;
    this.#firstTemplate = flat.firstTemplate ?? 0;
  }

  /** Grows with what was done, by about one for each property. */
  get work(): number {
    return this.#instances.work;
  }

  /** Reads what the splitter has until it wants more. Throws METRICS_TOO_MANY. */
  *read(splitter: FieldSplitter): Generator<BirthMetric, void, undefined> {
    for (let field = splitter.next(); field !== 'more'; field = splitter.next()) {
      if (field === 'metric') yield* this.#readMetric(splitter);
    }
  }

  *#readMetric(found: FieldSplitter): Generator<BirthMetric, void, undefined> {
    if (this.#source.buffer !== found.buffer) this.#source = new Source(found.buffer);
    if (this.#position++ < this.#firstTemplate) {
      const name = findName(this.#source, found.start, found.end);
      if (name === null || name.end - name.start > this.#longestName) return;
      const text = found.buffer.toString('utf8', name.start, name.end);
      if (text.includes('/')) this.#flatNames.add(text);
      return;
    }
    if (!isTemplate(this.#source, found.start, found.end)) return;
    for (const metric of this.#instances.flatten(this.#source, found.start, found.end)) {
      const isDuplicate = !metric.rejected && metric.name !== null && this.#flatNames.has(metric.name);
      yield isDuplicate ? reject({ ...metric, reason: 'NESTED_DUPLICATE', detail: 'the flat metric is used' }) : metric;
    }
  }
}

function isTemplate({ reader }: Source, start: number, end: number): boolean {
  let hasTemplate = false;
  let isNull = false;
  reader.pos = start;
  reader.len = end;
  try {
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === METRIC_IS_NULL) {
        isNull = reader.bool();
      } else {
        hasTemplate ||= tag === METRIC_TEMPLATE;
        reader.skipType(tag & 7);
      }
    }
  } catch {
    // The first pass has rejected it.
    return false;
  }
  return hasTemplate && !isNull;
}
