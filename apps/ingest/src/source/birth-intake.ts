import type { Logger } from '@uns/service';
import type { IngestMetrics } from '../ingest-metrics.ts';
import { frameSample } from '../quarantine/frame-sample.ts';
import type { QuarantineNotes } from '../quarantine/quarantine-notes.ts';
import type { RebirthRequester } from '../rebirth/rebirth-requester.ts';
import type { BirthMailbox, BirthMessage } from './birth-mailbox.ts';
import type { StrayMessage } from './mqtt-source.ts';

export interface BirthIntakeOptions {
  mailbox: BirthMailbox;
  notes: QuarantineNotes;
  rebirths: RebirthRequester;
  logger: Logger;
  metrics: IngestMetrics;
}

/** What happens to a message when it arrives: it is put into the mailbox, or why not is put on record. */
export class BirthIntake {
  readonly #o: BirthIntakeOptions;

  constructor(o: BirthIntakeOptions) {
    this.#o = o;
  }

  take(message: BirthMessage): void {
    const { mailbox, metrics, notes, rebirths, logger } = this.#o;
    const result = mailbox.offer(message);
    metrics.offered.inc({ result });
    if (result !== 'refused') return;
    const { group, edge, device, topic } = message;
    const bytes = message.payload.length;
    logger.error({ topic, bytes, waiting: mailbox.bytes }, 'birth refused: mailbox full');
    const detail = `${bytes} bytes, while ${mailbox.bytes} of ${mailbox.boundBytes} were taken by ${mailbox.size} births`;
    notes.add({ group, edge, device: device ?? '' }, { metric: '', reason: 'MAILBOX_FULL', detail });
    rebirths.wish({ group, edge }, 'MAILBOX_FULL', device ?? '');
  }

  /** A message that is no birth: all of a kind share one entry, for any topic could be made up. */
  note({ topic, payload, reason }: StrayMessage): void {
    this.#o.logger.debug({ topic, reason }, 'message passed over');
    const sample = frameSample(topic, payload);
    this.#o.notes.add({ group: '', edge: '', device: '' }, { metric: '', reason, detail: sample.topic, sample });
  }
}
