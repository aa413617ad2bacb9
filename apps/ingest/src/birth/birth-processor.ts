import {
  quarantine,
  readSharedAliases,
  RulesReplacedError,
  touchBirth,
  writeBirth,
  type DeviceIdentity,
} from '@uns/metadata-store';
import { describeError, type Clock, type Logger } from '@uns/service';
import { openBirth, type SequenceRecorder } from '@uns/sparkplug';
import type { PathMapper } from '@uns/uns';
import type { Sql } from 'postgres';
import type { IngestMetrics } from '../ingest-metrics.ts';
import { FaultCollector } from '../quarantine/fault-collector.ts';
import { frameSample } from '../quarantine/frame-sample.ts';
import type { QuarantineNotes } from '../quarantine/quarantine-notes.ts';
import { unusableReasons } from '../quarantine/reasons.ts';
import type { RebirthRequester } from '../rebirth/rebirth-requester.ts';
import type { BirthMessage } from '../source/birth-mailbox.ts';
import { addFaults, sharedAliasFault, type BirthResult } from './birth-result.ts';
import { noteSequence } from './note-sequence.ts';
import type { BirthReading } from './read-birth.ts';
import { RememberedBirths } from './remembered-births.ts';
import { reportBirth, type BirthSummary } from './report-birth.ts';
import { birthTime } from './birth-time.ts';
import { keepTrying } from './keep-trying.ts';
import { readWithKnowledge, type InterpretedBirth, type ReadingContext } from './read-with-knowledge.ts';
import { leavesNothingOpen, rebirthNeededBy } from './rebirth-needed.ts';

export interface BirthProcessorOptions extends ReadingContext {
  sql: Sql;
  mapper: PathMapper;
  /** The property whose value stays with a metric when its name changes; null for none. */
  identityProperty: string | null;
  rules: { groups: readonly string[]; digest: string };
  mostDevices: number;
  /** Another ingest has applied other rules: this one has to be restarted with the same. */
  onRulesReplaced: () => void;
  notes: QuarantineNotes;
  rebirths: RebirthRequester;
  sequences: SequenceRecorder;
  clock: Clock;
  logger: Logger;
  metrics: IngestMetrics;
}

/** Takes one birth of a device from its bytes to the store. */
export class BirthProcessor {
  readonly #o: BirthProcessorOptions;
  readonly #remembered = new RememberedBirths();

  constructor(o: BirthProcessorOptions) {
    this.#o = o;
  }

  /**
   * Resolves when the birth is in the store, or in quarantine, or superseded. Tries again for as long as the store fails, unless
   * `superseded` says that a newer birth of the device is waiting. Rejects only when aborted.
   */
  async process(
    device: DeviceIdentity,
    message: BirthMessage,
    superseded: () => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { metrics, logger, notes, onRulesReplaced } = this.#o;
    let lastError: unknown;
    const tried = await keepTrying({
      attempt: () => this.#once(device, message, superseded, signal),
      superseded,
      onFailure: (error, attempt) => {
        lastError = error;
        if (error instanceof RulesReplacedError) onRulesReplaced();
        metrics.retries.inc();
        logger.warn({ err: error, topic: message.topic, attempt }, 'birth not written, trying again');
      },
      signal,
    });
    if (tried === 'done') return;
    metrics.births.inc({ outcome: tried });
    if (tried === 'refused') {
      logger.error({ err: lastError, topic: message.topic }, 'birth given up: the store refuses it');
      notes.add(device, {
        metric: '',
        reason: 'STORE_REFUSED',
        detail: describeError(lastError).message,
        sample: frameSample(message.topic, message.payload),
      });
    }
  }

  async #once(
    device: DeviceIdentity,
    message: BirthMessage,
    superseded: () => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, rebirths } = this.#o;
    const startedMs = clock.monotonic();
    const mapper = this.#o.mapper.forDevice(device);
    const { payload } = message;
    const glance = openBirth(payload, { limits: this.#o.limits });
    const digest = await glance.digest(signal);
    const known = this.#remembered.find(device, digest);
    if (known !== null && mapper.device.ok) {
      const readMs = clock.monotonic() - startedMs;
      const timestamp = birthTime(glance.header.timestamp, message.receivedAt);
      const { fingerprint } = known;
      if (await this.#isStored(device, mapper.device.unsPath, timestamp, fingerprint)) {
        rebirths.settled(device, device.device);
        const { metrics, properties } = known;
        const faults = new FaultCollector(0);
        const summary = { header: glance.header, metrics, properties, faults, recognised: true } as const;
        this.#report(device, message, summary, { kind: 'same' }, { startedMs, readMs });
        return;
      }
    }
    const birth = await readWithKnowledge({ ...this.#o, device, mapper, payload }, signal);
    const { reading } = birth;
    const readMs = clock.monotonic() - startedMs;
    if (reading.broken !== null) {
      const { reason, message: detail } = reading.broken;
      reading.faults.add({ metric: '', reason, detail, sample: frameSample(message.topic, message.payload) });
    }

    let result: BirthResult;
    if (!mapper.device.ok) {
      reading.faults.add({ metric: '', reason: mapper.device.reason, detail: mapper.device.detail });
      result = { kind: 'unusable', reason: mapper.device.reason };
    } else if (reading.broken !== null && reading.metrics === 0) {
      result = { kind: 'unusable', reason: reading.broken.reason };
    } else {
      result = await this.#store(device, mapper.device.unsPath, message, birth, signal);
    }
    addFaults(reading.faults, result);
    await this.#quarantine(device, message, birth, result, signal);
    const needed = rebirthNeededBy(birth, result, !message.retained && !superseded());
    if (needed !== null) rebirths.wish(device, needed, device.device);
    else if (leavesNothingOpen(birth, result)) rebirths.settled(device, device.device);
    if (digest !== null) this.#remember(device, digest, reading, result);
    this.#report(device, message, reading, result, { startedMs, readMs });
  }

  /** Only births of which a second look would tell nothing: neither faults, nor aliases or templates that others explain. */
  #remember(device: DeviceIdentity, digest: Buffer, reading: BirthReading, result: BirthResult): void {
    const { fingerprint, fingerprints, faults, metrics, properties } = reading;
    if (result.kind !== 'written' && result.kind !== 'same') return;
    if (fingerprint === null || fingerprints === null || faults.total > 0) return;
    this.#remembered.remember(device, { digest, fingerprint, metrics, properties });
  }

  #report(
    device: DeviceIdentity,
    message: BirthMessage,
    birth: BirthSummary,
    result: BirthResult,
    { startedMs, readMs }: { startedMs: number; readMs: number },
  ): void {
    const { metrics, logger, clock } = this.#o;
    metrics.readSeconds.observe(readMs / 1000);
    const sequence = noteSequence(this.#o, { node: device, header: birth.header, message, isNodeBirth: false });
    const totalMs = clock.monotonic() - startedMs;
    reportBirth({ metrics, logger, clock }, { device, message, birth, result, sequence, readMs, totalMs });
  }

  #isStored(device: DeviceIdentity, unsPath: string, timestamp: Date, fingerprint: Buffer): Promise<boolean> {
    return touchBirth(this.#o.sql, { device, unsPath, timestamp, fingerprint, disproves: unusableReasons });
  }

  async #store(
    device: DeviceIdentity,
    unsPath: string,
    message: BirthMessage,
    { reader, reading }: InterpretedBirth,
    signal: AbortSignal,
  ): Promise<BirthResult> {
    const { sql, clock, identityProperty, rules, mostDevices } = this.#o;
    const timestamp = birthTime(reading.header.timestamp, message.receivedAt);
    const { fingerprint, names } = reading;
    const learn = async (): Promise<void> => {
      if (names.hasNews) await this.#o.aliasBook.learn(device, names.learned, timestamp);
    };
    if (fingerprint !== null && (await this.#isStored(device, unsPath, timestamp, fingerprint))) {
      await learn();
      return { kind: 'same' };
    }
    const startedMs = clock.monotonic();
    const outcome = await writeBirth(sql, {
      device,
      unsPath,
      timestamp,
      fingerprint,
      unread: reading.unread.names,
      unidentified: reading.unread.unidentified,
      identityProperty,
      rules,
      mostDevices,
      nameOfAlias: (alias) => names.nameOfAlias(alias),
      fingerprints: reading.fingerprints,
      metrics: (known, only) => reader.metrics(known, signal, only),
    });
    this.#o.metrics.writeSeconds.observe((clock.monotonic() - startedMs) / 1000);
    if (outcome.kind === 'written') await learn();
    return outcome;
  }

  /** Apart from the birth, which is written by now: it is not to be read again for this, and would then be the same. */
  async #quarantine(
    device: DeviceIdentity,
    message: BirthMessage,
    { reading }: InterpretedBirth,
    result: BirthResult,
    signal: AbortSignal,
  ): Promise<void> {
    // The faults of an identical birth are known already, and it is to leave no trace.
    if (result.kind === 'same') return;
    const exhaustive = result.kind === 'written' && reading.broken === null && reading.faults.dropped === 0;
    let compared = result.kind !== 'written' || !reading.names.hasAliases;
    await keepTrying({
      attempt: async () => {
        const shared = compared ? [] : await readSharedAliases(this.#o.sql, device);
        compared = true;
        if (shared.length > 0) reading.faults.add(sharedAliasFault(shared));
        const { folded } = await quarantine(this.#o.sql, device, reading.faults.entries(), { exhaustive });
        this.#o.metrics.quarantineFolded.inc(folded);
      },
      superseded: () => false,
      onFailure: (error, attempt) => {
        this.#o.metrics.retries.inc();
        this.#o.logger.warn({ err: error, topic: message.topic, attempt }, 'quarantine entries not written');
      },
      signal,
    });
  }
}
