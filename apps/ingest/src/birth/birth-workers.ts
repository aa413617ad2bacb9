import type { NodeBirthProcessor } from '../node/node-birth-processor.ts';
import type { BirthMailbox, BirthMessage } from '../source/birth-mailbox.ts';
import type { BirthProcessor } from './birth-processor.ts';

/**
 * Works on the births of several devices at once, and on those of one device one after the other.
 *
 * Resolves when `stop` is aborted and the births in hand are done; rejects when `abort` is.
 */
export async function runBirthWorkers(o: {
  mailbox: BirthMailbox;
  devices: BirthProcessor;
  nodes: NodeBirthProcessor;
  concurrency: number;
  stop: AbortSignal;
  abort: AbortSignal;
}): Promise<void> {
  const process = (message: BirthMessage): Promise<void> => {
    const { group, edge, device } = message;
    const superseded = (): boolean => o.mailbox.holds(message.topic);
    return device === null
      ? o.nodes.process({ group, edge }, message, superseded, o.abort)
      : o.devices.process({ group, edge, device }, message, superseded, o.abort);
  };
  const worker = async (): Promise<void> => {
    for (;;) {
      const message = await o.mailbox.take(o.stop).catch((error: unknown) => {
        if (o.stop.aborted) return null;
        throw error;
      });
      if (message === null) return;
      try {
        await process(message);
      } finally {
        o.mailbox.done(message);
      }
    }
  };
  await Promise.all(Array.from({ length: o.concurrency }, worker));
}
