import { readRunId, receiptJobId, type JobQueue, type JobState } from '@uns/delivery';
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

  async lost(deliveryIds: readonly string[]): Promise<string[]> {
    const writes = await this.#writes.jobStates(deliveryIds);
    const ended = deliveryIds.filter((id) => !underWay.has(writes.get(id)));
    const receipts = await this.#receipts.jobStates(ended.map(receiptJobId));
    return ended.filter((id) => !underWay.has(receipts.get(receiptJobId(id))));
  }

  redisRunId(): Promise<string> {
    return readRunId(this.#redis);
  }
}
