import {
  quarantine,
  touchBirth,
  writeBirth,
  type BirthOutcome,
  type Collision,
  type DeviceIdentity,
} from '@uns/metadata-store';
import { cappedBackoff, sleep, type Clock, type Logger } from '@uns/service';
import { parseTopic, type BirthOptions } from '@uns/sparkplug';
import type { MetricFingerprint, PathMapper } from '@uns/uns';
import type { Sql } from 'postgres';
import type { IngestMetrics } from '../ingest-metrics.ts';
import type { BirthMessage } from '../source/birth-mailbox.ts';
import { birthTime } from './birth-time.ts';
import type { NameOf } from './prepare-metric.ts';
import { BirthReader, type BirthReading } from './read-birth.ts';

export interface BirthProcessorOptions {
  sql: Sql;
  mapper: PathMapper;
  fingerprint: MetricFingerprint;
  canonicalForm: string;
  /** How the births of a device are decoded, and what its aliases stand for. */
  contextOf: (device: DeviceIdentity) => { decode: BirthOptions; nameOf: NameOf };
  clock: Clock;
  logger: Logger;
  metrics: IngestMetrics;
}

type Result = BirthOutcome | { kind: 'same' } | { kind: 'unusable'; reason: string };

/** Takes one birth from its bytes to the store. */
export class BirthProcessor {
  readonly #o: BirthProcessorOptions;

  constructor(o: BirthProcessorOptions) {
    this.#o = o;
  }

  /**
   * Resolves when the birth is in the store, or in quarantine, or superseded. Tries again for as long as the store fails, unless
   * `superseded` says that a newer birth of the device is waiting. Rejects only when aborted.
   */
  async process(message: BirthMessage, superseded: () => boolean, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#once(message, signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        this.#o.metrics.retries.inc();
        this.#o.logger.warn({ err: error, topic: message.topic, attempt }, 'birth not written, trying again');
        await sleep(cappedBackoff({ attempt, baseMs: 250, capMs: 15_000 }), signal);
        if (superseded()) {
          this.#o.metrics.births.inc({ outcome: 'superseded' });
          return;
        }
      }
    }
  }

  async #once(message: BirthMessage, signal: AbortSignal): Promise<void> {
    const { clock, metrics, logger, mapper, fingerprint, canonicalForm } = this.#o;
    const parsed = parseTopic(message.topic);
    if (!parsed.ok || parsed.topic.device === null) {
      metrics.births.inc({ outcome: 'unusable' });
      logger.warn(
        { topic: message.topic, reason: parsed.ok ? 'TOPIC_WRONG_LEVELS' : parsed.reason },
        'not a device birth',
      );
      return;
    }
    const { group, edge, device } = parsed.topic;
    const identity = { group, edge, device };
    const deviceMapper = mapper.forDevice(identity);
    const reader = new BirthReader({
      payload: message.payload,
      mapper: deviceMapper,
      fingerprint,
      canonicalForm,
      ...this.#o.contextOf(identity),
    });
    const startedMs = clock.monotonic();
    const reading = await reader.summarise(signal);
    const readMs = clock.monotonic() - startedMs;
    metrics.readSeconds.observe(readMs / 1000);

    let result: Result;
    if (!deviceMapper.device.ok) {
      reading.faults.add({ metric: '', reason: deviceMapper.device.reason, detail: deviceMapper.device.detail });
      result = { kind: 'unusable', reason: deviceMapper.device.reason };
    } else if (reading.broken !== null && reading.metrics === 0) {
      result = { kind: 'unusable', reason: reading.broken.reason };
    } else {
      result = await this.#store(identity, deviceMapper.device.unsPath, message, reader, reading, signal);
    }
    this.#addFaults(reading, result);
    // The faults of an identical birth are known already, and it is to leave no trace.
    if (result.kind !== 'same') await quarantine(this.#o.sql, identity, reading.faults.entries());
    this.#report(identity, message, reading, result, { readMs, totalMs: clock.monotonic() - startedMs });
  }

  async #store(
    device: DeviceIdentity,
    unsPath: string,
    message: BirthMessage,
    reader: BirthReader,
    reading: BirthReading,
    signal: AbortSignal,
  ): Promise<Result> {
    const timestamp = birthTime(reading.header.timestamp, message.receivedAt);
    const { fingerprint } = reading;
    if (fingerprint !== null && (await touchBirth(this.#o.sql, { device, unsPath, timestamp, fingerprint })))
      return { kind: 'same' };
    const startedMs = this.#o.clock.monotonic();
    const outcome = await writeBirth(this.#o.sql, {
      device,
      unsPath,
      timestamp,
      fingerprint,
      metrics: (known) => reader.metrics(known, signal),
    });
    this.#o.metrics.writeSeconds.observe((this.#o.clock.monotonic() - startedMs) / 1000);
    return outcome;
  }

  #addFaults({ faults }: BirthReading, result: Result): void {
    if (result.kind === 'written') {
      for (const collision of result.collisions)
        faults.add({ metric: collision.name, reason: 'PATH_TAKEN', detail: takenBy(collision) });
    } else if (result.kind === 'path-taken') {
      faults.add({ metric: '', reason: 'DEVICE_PATH_TAKEN', detail: `the path belongs to ${result.holder}` });
    } else if (result.kind === 'stale') {
      faults.add({
        metric: '',
        reason: 'BIRTH_OUTDATED',
        detail: `a birth of ${result.storedTimestamp.toISOString()} is stored`,
      });
    }
  }

  #report(
    { group, edge, device }: DeviceIdentity,
    message: BirthMessage,
    reading: BirthReading,
    result: Result,
    times: { readMs: number; totalMs: number },
  ): void {
    const { metrics, logger, clock } = this.#o;
    metrics.births.inc({ outcome: result.kind });
    metrics.lastBirth.set(clock.now() / 1000);
    for (const [reason, count] of reading.faults.byReason) metrics.quarantined.inc({ reason }, count);
    const changes = result.kind === 'written' ? result.changes : null;
    if (changes !== null) {
      metrics.metrics.inc({ change: 'created' }, changes.metricsCreated);
      metrics.metrics.inc({ change: 'changed' }, changes.metricsChanged);
      metrics.metrics.inc({ change: 'retired' }, changes.metricsRetired);
      metrics.properties.inc({ change: 'inserted' }, changes.propertiesInserted);
      metrics.properties.inc({ change: 'updated' }, changes.propertiesUpdated);
      metrics.properties.inc({ change: 'deleted' }, changes.propertiesDeleted);
    }
    const level = reading.faults.total > 0 ? 'warn' : 'info';
    logger[level](
      {
        group,
        edge,
        device,
        outcome: result.kind,
        ...(result.kind === 'unusable' ? { reason: result.reason } : {}),
        metrics: reading.metrics,
        properties: reading.properties,
        bytes: message.payload.length,
        compression: reading.header.compression,
        retained: message.retained,
        ...(changes === null ? {} : { changes }),
        ...(reading.faults.total > 0 ? { quarantined: Object.fromEntries(reading.faults.byReason) } : {}),
        readMs: Math.round(times.readMs),
        totalMs: Math.round(times.totalMs),
      },
      'birth',
    );
  }
}

const takenBy = (collision: Collision): string => `the path ${collision.unsPath} belongs to ${collision.holder}`;
