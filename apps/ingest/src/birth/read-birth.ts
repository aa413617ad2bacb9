import type { BirthMetric as StoredMetric } from '@uns/metadata-store';
import { openBirth, PayloadError, type BirthHeader, type BirthOptions } from '@uns/sparkplug';
import { createBirthFingerprint, type DeviceMapper, type MetricFingerprint } from '@uns/uns';
import { FaultCollector } from './fault-collector.ts';
import { prepareMetric, type NameOf } from './prepare-metric.ts';

export interface BirthReading {
  header: Readonly<BirthHeader>;
  /** Null when the payload could not be read to its end. */
  fingerprint: Buffer | null;
  /** What broke the payload off. */
  broken: PayloadError | null;
  /** Metrics that can be stored, and their properties. */
  metrics: number;
  properties: number;
  faults: FaultCollector;
}

export interface BirthReaderOptions {
  payload: Buffer;
  decode: BirthOptions;
  mapper: DeviceMapper;
  nameOf: NameOf;
  fingerprint: MetricFingerprint;
  canonicalForm: string;
}

/**
 * Reads a birth twice: once for its fingerprint, which for most births is the end of it, and again, metric by metric, while it is
 * written. Reading twice is cheaper than holding what was read: a birth may have a million metrics.
 */
export class BirthReader {
  readonly #o: BirthReaderOptions;

  constructor(o: BirthReaderOptions) {
    this.#o = o;
  }

  /** The first pass. Throws only what is no fault of the payload. */
  async summarise(signal: AbortSignal): Promise<BirthReading> {
    const { payload, decode, fingerprint, canonicalForm } = this.#o;
    const birth = openBirth(payload, decode);
    const faults = new FaultCollector();
    const whole = createBirthFingerprint(canonicalForm);
    const scratch = Buffer.alloc(16);
    let [metrics, properties] = [0, 0];
    let broken: PayloadError | null = null;
    try {
      for await (const batch of birth.metrics(signal)) {
        for (const metric of batch) {
          const prepared = prepareMetric(metric, { ...this.#o, faults });
          if (prepared === null) continue;
          whole.add(fingerprint(prepared, scratch));
          metrics += 1;
          properties += prepared.properties.length;
        }
      }
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      broken = error;
      faults.add({ metric: '', reason: error.reason, detail: error.message });
    }
    return {
      header: birth.header,
      fingerprint: broken === null ? whole.digest() : null,
      broken,
      metrics,
      properties,
      faults,
    };
  }

  /** The second pass: what the store wants to know. Properties only of metrics whose fingerprint it does not have. */
  async *metrics(
    known: { has(fingerprint: Buffer): boolean },
    signal: AbortSignal,
  ): AsyncGenerator<StoredMetric[], void> {
    const faults = new FaultCollector(0);
    try {
      for await (const batch of openBirth(this.#o.payload, this.#o.decode).metrics(signal)) {
        const prepared: StoredMetric[] = [];
        for (const metric of batch) {
          const one = prepareMetric(metric, { ...this.#o, faults });
          if (one === null) continue;
          const fingerprint = this.#o.fingerprint(one);
          prepared.push({ ...one, fingerprint, properties: known.has(fingerprint) ? null : one.properties });
        }
        yield prepared;
      }
    } catch (error) {
      // The first pass has reported it; what came before the break is good.
      if (!(error instanceof PayloadError)) throw error;
    }
  }
}
