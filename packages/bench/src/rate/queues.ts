import { connectRedis, JobQueue, JobWorker, receiptQueue, writeQueue } from '@uns/delivery';
import { Registry, silentLogger } from '@uns/service';
import type { Receipt } from '@uns/uns';

/** The queue to fill, and somebody who reads the receipts. */
export async function openQueues(redisUrl: string, onReceipt: (receipt: Receipt) => void) {
  const redis = await connectRedis(redisUrl, () => undefined);
  const options = { redis, prefix: 'uns', logger: silentLogger };
  const writes = new JobQueue(writeQueue, options);
  const receipts = new JobQueue(receiptQueue, options);
  const reader = new JobWorker(
    receipts,
    (receipt) => {
      onReceipt(receipt);
      return Promise.resolve({ end: 'done', summary: {} });
    },
    { redisUrl, prefix: 'uns', concurrency: 50, registry: new Registry(), logger: silentLogger },
  );
  return {
    writes,
    [Symbol.asyncDispose]: async () => {
      await reader.stop(AbortSignal.timeout(5000));
      await Promise.all([writes.close(), receipts.close()]);
      redis.disconnect();
    },
  };
}
