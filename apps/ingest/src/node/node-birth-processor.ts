import { forgetStrangers, quarantine, type EdgeNode } from '@uns/metadata-store';
import { describeError, type Clock, type Logger } from '@uns/service';
import {
  learnTemplates,
  openBirth,
  PayloadError,
  type BirthHeader,
  type LearnedTemplates,
  type Limits,
  type SequenceRecorder,
} from '@uns/sparkplug';
import type { Sql } from 'postgres';
import { BirthNames } from '../birth/birth-names.ts';
import { birthTime } from '../birth/birth-time.ts';
import { keepTrying } from '../birth/keep-trying.ts';
import { noteSequence } from '../birth/note-sequence.ts';
import type { IngestMetrics } from '../ingest-metrics.ts';
import type { AliasBook, KnownAliases } from '../knowledge/alias-book.ts';
import type { TemplateBook } from '../knowledge/template-book.ts';
import { FaultCollector } from '../quarantine/fault-collector.ts';
import { frameSample } from '../quarantine/frame-sample.ts';
import type { QuarantineNotes } from '../quarantine/quarantine-notes.ts';
import type { RebirthRequester } from '../rebirth/rebirth-requester.ts';
import type { BirthMessage } from '../source/birth-mailbox.ts';

export interface NodeBirthProcessorOptions {
  sql: Sql;
  aliasBook: AliasBook;
  templateBook: TemplateBook;
  limits: Partial<Limits>;
  notes: QuarantineNotes;
  rebirths: RebirthRequester;
  sequences: SequenceRecorder;
  clock: Clock;
  logger: Logger;
  metrics: IngestMetrics;
}

interface NodeReading {
  header: Readonly<BirthHeader>;
  names: BirthNames;
  templates: LearnedTemplates | null;
  broken: PayloadError | null;
  faults: FaultCollector;
}

/**
 * Learns from the birth of an edge node what the births of its devices refer to: template definitions and aliases. Its own metrics are
 * the node's business and are not stored.
 */
export class NodeBirthProcessor {
  readonly #o: NodeBirthProcessorOptions;

  constructor(o: NodeBirthProcessorOptions) {
    this.#o = o;
  }

  /** As `BirthProcessor.process`. */
  async process(node: EdgeNode, message: BirthMessage, superseded: () => boolean, signal: AbortSignal): Promise<void> {
    const { metrics, logger, notes } = this.#o;
    let lastError: unknown;
    const tried = await keepTrying({
      attempt: () => this.#once(node, message, signal),
      superseded,
      onFailure: (error, attempt) => {
        lastError = error;
        metrics.retries.inc();
        logger.warn({ err: error, topic: message.topic, attempt }, 'node birth not learned, trying again');
      },
      signal,
    });
    if (tried !== 'refused') return;
    logger.error({ err: lastError, topic: message.topic }, 'node birth given up: the store refuses it');
    const sample = frameSample(message.topic, message.payload);
    notes.add(
      { ...node, device: '' },
      { metric: '', reason: 'STORE_REFUSED', detail: describeError(lastError).message, sample },
    );
  }

  async #once(node: EdgeNode, message: BirthMessage, signal: AbortSignal): Promise<void> {
    const { sql, aliasBook, templateBook, rebirths, logger, metrics } = this.#o;
    const asDevice = { ...node, device: '' };
    const reading = await this.#read(await aliasBook.of(asDevice), message, signal);
    const { names, templates, broken, faults } = reading;
    const timestamp = birthTime(reading.header.timestamp, message.receivedAt);
    if (names.hasNews) await aliasBook.learn(asDevice, names.learned, timestamp);
    if (templates !== null) await templateBook.learn(node, templates, timestamp);
    if (names.hasNews || templates !== null) await forgetStrangers(sql, node);
    const exhaustive = broken === null && faults.dropped === 0;
    const { folded } = await quarantine(sql, asDevice, faults.entries(), { exhaustive });
    metrics.quarantineFolded.inc(folded);
    if (broken !== null && broken.reason !== 'PAYLOAD_EMPTY') rebirths.wish(node, 'BIRTH_UNREADABLE', '');
    else rebirths.settled(node, '');
    if (templates !== null && templates.definitions.size > 0) rebirths.definitionsLearned(node);
    const sequence = noteSequence(this.#o, { node, header: reading.header, message, isNodeBirth: true });
    for (const [reason, count] of faults.byReason) metrics.quarantined.inc({ reason }, count);
    logger[faults.total > 0 ? 'warn' : 'info'](
      {
        ...node,
        bytes: message.payload.length,
        seq: reading.header.seq,
        ...sequence,
        retained: message.retained,
        aliases: names.learned.size,
        definitions: templates?.definitions.size ?? 0,
        ...(faults.total > 0 ? { quarantined: Object.fromEntries(faults.byReason) } : {}),
      },
      'node birth',
    );
  }

  async #read(known: KnownAliases, message: BirthMessage, signal: AbortSignal): Promise<NodeReading> {
    const { limits } = this.#o;
    const birth = openBirth(message.payload, { limits });
    const names = new BirthNames(known);
    const faults = new FaultCollector();
    try {
      for await (const batch of birth.metrics(signal)) {
        // What is wrong with a metric that is not stored is nobody's concern.
        for (const metric of batch) if (!metric.rejected) names.learn(metric, faults);
      }
      const templates = await learnTemplates(message.payload, { limits, signal });
      for (const { reason, key, detail } of templates.faults) {
        faults.add({ metric: '', property: key ?? '', reason, detail });
      }
      return { header: birth.header, names, templates, broken: null, faults };
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      const sample = frameSample(message.topic, message.payload);
      faults.add({ metric: '', reason: error.reason, detail: error.message, sample });
      return { header: birth.header, names, templates: null, broken: error, faults };
    }
  }
}
