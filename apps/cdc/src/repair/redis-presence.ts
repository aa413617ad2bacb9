import { readRunId, receiptJobId, type JobQueue, type JobState } from '@uns/delivery';
import type { LostDelivery } from '@uns/metadata-store';
import type { Receipt, WriteJob } from '@uns/uns';
import type { DeliveryPresence } from './sweeper.ts';

const underWay = new Set<JobState | undefined>(['waiting', 'active', 'delayed', 'prioritized']);

/**
 * A delivery is there while its write job is to be done or its receipt to be read. The write job is looked up first: the receipt is
 * added before the write job ends, so one that ended between the two looks has its receipt in the second.
 */
export class RedisPresence implements DeliveryPresence {
  readonly #writes: JobQueue<WriteJob>;
  readonly #receipts: JobQueue<Receipt>;
  readonly #redis: Parameters<typeof readRunId>[0];

  constructor(o: { writes: JobQueue<WriteJob>; receipts: JobQueue<Receipt>; redis: Parameters<typeof readRunId>[0] }) {
    this.#writes = o.writes;
    this.#receipts = o.receipts;
    this.#redis = o.redis;
  }

  async lost(deliveryIds: readonly string[]): Promise<LostDelivery[]> {
    const writes = await this.#writes.jobStates(deliveryIds);
    const ended = deliveryIds.filter((id) => !underWay.has(writes.get(id)));
    const receipts = await this.#receipts.jobStates(ended.map(receiptJobId));
    const lost: LostDelivery[] = [];
    for (const deliveryId of ended) {
      const receipt = receipts.get(receiptJobId(deliveryId));
      if (underWay.has(receipt)) continue;
      const failed =
        receipt === 'failed'
          ? await this.#receipts.failure(receiptJobId(deliveryId))
          : writes.get(deliveryId) === 'failed'
            ? await this.#writes.failure(deliveryId)
            : null;
      lost.push(
        failed === null ? { deliveryId, how: 'vanished', detail: '' } : { deliveryId, how: 'failed', detail: failed },
      );
    }
    return lost;
  }

  redisRunId(): Promise<string> {
    return readRunId(this.#redis);
  }
}
