import type { BirthMetric as StoredMetric } from '@uns/metadata-store';
import { openBirth, PayloadError, type BirthHeader, type BirthOptions } from '@uns/sparkplug';
import { createBirthFingerprint, type DeviceMapper, type MetricFingerprint } from '@uns/uns';
import type { KnownAliases } from '../knowledge/alias-book.ts';
import { FaultCollector } from '../quarantine/fault-collector.ts';
import { BirthNames } from './birth-names.ts';
import { OrdinalFingerprints } from './ordinal-fingerprints.ts';
import { PartialInstances } from './partial-instances.ts';
import { prepareMetric, type PreparedMetric } from './prepare-metric.ts';
import { UnreadMetrics } from './unread-metrics.ts';

export interface BirthReading {
  header: Readonly<BirthHeader>;
  /** Null when the payload could not be read to its end. */
  fingerprint: Buffer | null;
  /** What broke the payload off. */
  broken: PayloadError | null;
  /** Metrics that can be stored, and their properties. */
  metrics: number;
  properties: number;
  /** Template instances whose definition is not known. */
  partialInstances: number;
  /** By ordinal; null when another reading cannot pick metrics by their ordinals: what an alias or a template means depends on others. */
  fingerprints: OrdinalFingerprints | null;
  unread: UnreadMetrics;
  names: BirthNames;
  faults: FaultCollector;
}

export interface BirthReaderOptions {
  payload: Buffer;
  decode: BirthOptions;
  mapper: DeviceMapper;
  aliases: KnownAliases;
  fingerprint: MetricFingerprint;
  canonicalForm: string;
}

/**
 * Reads a birth more than once: first for its fingerprint, which for most births is the end of it, and again, metric by metric, while it
 * is written. Reading again is cheaper than holding what was read: a birth may have a million metrics.
 */
export class BirthReader {
  readonly #o: BirthReaderOptions;

  constructor(o: BirthReaderOptions) {
    this.#o = o;
  }

  /** The first pass. Throws only what is no fault of the payload. */
  async summarise(signal: AbortSignal): Promise<BirthReading> {
    const { payload, decode, canonicalForm } = this.#o;
    const birth = openBirth(payload, decode);
    const unread = new UnreadMetrics();
    const pass = this.#pass(new FaultCollector(), unread);
    const whole = createBirthFingerprint(canonicalForm);
    const scratch = Buffer.alloc(16);
    let [metrics, properties] = [0, 0];
    const fingerprints = new OrdinalFingerprints();
    let broken: PayloadError | null = null;
    try {
      for await (const batch of birth.metrics(signal)) {
        for (const metric of batch) {
          const prepared = prepareMetric(metric, pass);
          if (prepared === null) continue;
          const fingerprint = this.#fingerprint(prepared, scratch);
          whole.add(fingerprint);
          fingerprints.set(prepared.ordinal, fingerprint);
          metrics += 1;
          properties += prepared.properties.length;
        }
      }
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      broken = error;
    }
    for (const fingerprint of unread.fingerprints()) whole.add(fingerprint);
    return {
      header: birth.header,
      fingerprint: broken === null ? whole.digest() : null,
      broken,
      metrics,
      properties,
      partialInstances: pass.partial.count,
      fingerprints: pass.names.hasAliases || birth.header.hasTemplates ? null : fingerprints,
      unread,
      names: pass.names,
      faults: pass.faults,
    };
  }

  /**
   * A further pass: what the store wants to know. Properties only of metrics whose fingerprint it does not have; with `only`, the metrics
   * that it picks, if the first pass said that they can be picked.
   */
  async *metrics(
    known: { has(fingerprint: Buffer): boolean },
    signal: AbortSignal,
    only?: (ordinal: number) => boolean,
  ): AsyncGenerator<StoredMetric[], void> {
    const pass = this.#pass(new FaultCollector(0), null);
    try {
      for await (const batch of openBirth(this.#o.payload, { ...this.#o.decode, only }).metrics(signal)) {
        const prepared: StoredMetric[] = [];
        for (const metric of batch) {
          const one = prepareMetric(metric, pass);
          if (one === null) continue;
          const fingerprint = this.#fingerprint(one);
          prepared.push({ ...one, fingerprint, properties: known.has(fingerprint) ? null : one.properties });
        }
        yield prepared;
      }
    } catch (error) {
      // The first pass has reported it; what came before the break is good.
      if (!(error instanceof PayloadError)) throw error;
    }
  }

  #pass(faults: FaultCollector, unread: UnreadMetrics | null) {
    const { mapper, aliases } = this.#o;
    return { faults, unread, mapper, names: new BirthNames(aliases), partial: new PartialInstances() };
  }

  /** A metric told in part is another one than the same properties told as all of them: those would take away what is missing. */
  #fingerprint(metric: PreparedMetric, into?: Buffer): Buffer {
    const fingerprint = this.#o.fingerprint(metric, into);
    if (metric.partial) fingerprint.writeUInt32LE(~fingerprint.readUInt32LE(0) >>> 0, 0);
    return fingerprint;
  }
}
