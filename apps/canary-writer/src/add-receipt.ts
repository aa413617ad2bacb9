import type { JobQueue } from '@uns/delivery';
import { cappedBackoff, sleep, type Logger } from '@uns/service';
import type { Receipt } from '@uns/uns';
import type { WriterMetrics } from './writer-metrics.ts';

const tries = 6;

/**
 * Puts receipts into their queue, and keeps on for about 5 s while Redis is away.
 *
 * @returns a function that throws what Redis said last when it did not succeed: the write job must not end then.
 */
export function receiptAdder(o: {
  queue: Pick<JobQueue<Receipt>, 'add'>;
  metrics: WriterMetrics;
  logger: Logger;
}): (receipt: Receipt, abort: AbortSignal) => Promise<void> {
  return async (receipt, abort) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await o.queue.add([receipt]);
        o.metrics.receipts.inc({ result: 'added' });
        return;
      } catch (error) {
        o.metrics.receipts.inc({ result: 'failed' });
        o.logger.warn({ err: error, deliveryId: receipt.deliveryId, attempt }, 'receipt not added');
        if (attempt + 1 === tries) throw error;
        await sleep(cappedBackoff({ attempt, baseMs: 100, capMs: 2000 }), abort);
      }
    }
  };
}
