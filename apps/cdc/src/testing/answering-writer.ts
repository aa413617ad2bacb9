import { connectRedis, JobQueue, JobWorker, receiptQueue, writeQueue } from '@uns/delivery';
import { Registry, silentLogger } from '@uns/service';
import type { WriteJob } from '@uns/uns';
import { deliveredReceipt, HistorianModel } from './historian-model.ts';

/** Stands in for canary-writer: takes write jobs from Redis, writes them to a historian, and answers with receipts. */
export interface AnsweringWriter {
  canary: HistorianModel;
  writes: JobQueue<WriteJob>;
  /** Jobs in hand. */
  active(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `gate`: what each job waits for before it is written. */
export async function answeringWriter(
  redisUrl: string,
  gate: () => Promise<void> = () => Promise.resolve(),
): Promise<AnsweringWriter> {
  const redis = await connectRedis(redisUrl, () => undefined);
  const common = { redis, prefix: 'uns', logger: silentLogger };
  const [writes, receipts] = [new JobQueue(writeQueue, common), new JobQueue(receiptQueue, common)];
  const canary = new HistorianModel();
  const worker = new JobWorker(
    writes,
    async (job) => {
      await gate();
      canary.write(job);
      await receipts.add([deliveredReceipt(job)]);
      return { end: 'done', summary: {} };
    },
    { redisUrl, prefix: 'uns', concurrency: 4, registry: new Registry(), logger: silentLogger },
  );
  await worker.ready();
  return {
    canary,
    writes,
    active: () => worker.active,
    [Symbol.asyncDispose]: async () => {
      await worker.stop(AbortSignal.timeout(2000));
      await Promise.all([writes.close(), receipts.close()]);
      redis.disconnect();
    },
  };
}
