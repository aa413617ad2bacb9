import { quarantine, quarantineStrangers, type DeviceIdentity } from '@uns/metadata-store';
import { sleep, type Logger } from '@uns/service';
import type { Sql } from 'postgres';
import type { IngestMetrics } from '../ingest-metrics.ts';
import { FaultCollector, type BirthFault } from './fault-collector.ts';

const mostSubjects = 1000;
const flushEveryMs = 1000;

interface Subject {
  device: DeviceIdentity;
  faults: FaultCollector;
}

/**
 * Faults that are seen where nothing may wait for the store, at the door to the broker: collected, and written once a second. A storm of
 * them adds up to a few rows; of more than 1,000 devices between two writes the rest is only counted.
 */
export class QuarantineNotes {
  readonly #o: { sql: Sql; logger: Logger; metrics: IngestMetrics };
  #subjects = new Map<string, Subject>();

  constructor(o: { sql: Sql; logger: Logger; metrics: IngestMetrics }) {
    this.#o = o;
  }

  /** Notes what is wrong with a message of a device; with '' for what is not known of it. */
  add(device: DeviceIdentity, fault: BirthFault): void {
    this.#o.metrics.quarantined.inc({ reason: fault.reason });
    const key = JSON.stringify([device.group, device.edge, device.device]);
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      if (this.#subjects.size >= mostSubjects) return;
      subject = { device, faults: new FaultCollector(10) };
      this.#subjects.set(key, subject);
    }
    subject.faults.add(fault);
  }

  /** Writes the notes until `stop` is aborted, and what is left then. Never rejects. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await sleep(flushEveryMs, stop).catch(() => undefined);
      await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    const subjects = this.#subjects;
    this.#subjects = new Map();
    if (subjects.size === 0) return;
    const { sql, logger, metrics } = this.#o;
    const noted = [...subjects.values()].map(({ device, faults }) => ({ device, entries: faults.entries() }));
    try {
      const { known, folded } = await quarantineStrangers(sql, noted);
      metrics.quarantineFolded.inc(folded);
      for (const { device, entries } of known) await quarantine(sql, device, entries);
    } catch (error) {
      // They are counted and logged; a store that is away does not make them wait.
      logger.warn({ err: error, subjects: noted.length }, 'quarantine entries not written');
    }
  }
}
