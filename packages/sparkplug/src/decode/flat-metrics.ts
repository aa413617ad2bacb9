import type { Limits } from '../limits.ts';
import type { BirthMetric } from '../metric.ts';
import { Source } from '../protobuf.ts';
import type { FieldSplitter } from './field-splitter.ts';
import { MetricReader, peekName, reject } from './metric-reader.ts';
import { NameSet } from './name-set.ts';
import type { Ordinals } from './ordinals.ts';

/** Reads the metrics that are no template instances, and remembers what the pass for instances has to know. */
export class FlatMetrics {
  /** Position of the first template instance among the metrics within limits; null when there is none. */
  firstTemplate: number | null = null;
  /** Names behind the first template instance that a member of one may have: a birth without templates collects nothing. */
  readonly namesBehind = new NameSet();
  readonly #limits: Limits;
  readonly #ordinals: Ordinals;
  readonly #metrics: MetricReader;
  #source = new Source(Buffer.alloc(0));
  #position = 0;
  readonly #only: ((ordinal: number) => boolean) | undefined;

  constructor(limits: Limits, ordinals: Ordinals, only?: (ordinal: number) => boolean) {
    this.#only = only;
    this.#limits = limits;
    this.#ordinals = ordinals;
    this.#metrics = new MetricReader(limits);
  }

  read(found: FieldSplitter, batch: BirthMetric[]): void {
    if (this.#only !== undefined && !this.#only(this.#ordinals.count)) {
      this.#ordinals.next();
      return;
    }
    if (this.#source.buffer !== found.buffer) this.#source = new Source(found.buffer);
    const metric = this.#metrics.read(this.#source, found.start, found.end, this.#ordinals.count);
    if (this.#metrics.templateStart >= 0) {
      this.firstTemplate ??= this.#position;
    } else {
      this.#ordinals.next();
      batch.push(metric);
      if (this.firstTemplate !== null && metric.name?.includes('/') === true) this.namesBehind.add(metric.name);
    }
    this.#position++;
  }

  readOversized(found: FieldSplitter, batch: BirthMetric[]): void {
    const name = peekName(new Source(found.buffer), found.start, found.end);
    const detail = `more than ${this.#limits.metricBytes} bytes`;
    batch.push(reject({ ordinal: this.#ordinals.next(), name, alias: null, reason: 'METRIC_TOO_LARGE', detail }));
  }
}
