import type { BirthMailbox } from '../source/birth-mailbox.ts';
import type { BirthProcessor } from './birth-processor.ts';

/**
 * Works on the births of several devices at once, and on those of one device one after the other.
 *
 * Resolves when `stop` is aborted and the births in hand are done; rejects when `abort` is.
 */
export async function runBirthWorkers(o: {
  mailbox: BirthMailbox;
  processor: BirthProcessor;
  concurrency: number;
  stop: AbortSignal;
  abort: AbortSignal;
}): Promise<void> {
  const worker = async (): Promise<void> => {
    for (;;) {
      const message = await o.mailbox.take(o.stop).catch((error: unknown) => {
        if (o.stop.aborted) return null;
        throw error;
      });
      if (message === null) return;
      try {
        await o.processor.process(message, () => o.mailbox.holds(message.topic), o.abort);
      } finally {
        o.mailbox.done(message.topic);
      }
    }
  };
  await Promise.all(Array.from({ length: o.concurrency }, worker));
}
