import { connectToQueueServer, EvictionPolicyError, JobQueue, receiptQueue, writeQueue } from '@uns/delivery';
import { ConfigurationError, persist, type Logger } from '@uns/service';
import type { Receipt, WriteJob } from '@uns/uns';

/** Both queues on one connection that fails fast. */
export interface Queues {
  redis: Awaited<ReturnType<typeof connectToQueueServer>>;
  writes: JobQueue<WriteJob>;
  receipts: JobQueue<Receipt>;
  close(): Promise<void>;
}

interface QueueOptions {
  url: string;
  ca: string | undefined;
  prefix: string;
  logger: Logger;
}

/**
 * Waits for Redis as long as it takes.
 *
 * @throws ConfigurationError when it may evict jobs; the signal's reason when aborted.
 */
export async function openQueues(o: QueueOptions & { signal: AbortSignal }): Promise<Queues> {
  try {
    return await persist({
      what: 'Redis',
      attempt: () => attempt(o),
      fatal: (error) => error instanceof EvictionPolicyError,
      signal: o.signal,
      logger: o.logger,
    });
  } catch (error) {
    throw error instanceof EvictionPolicyError ? new ConfigurationError('cdc', [error.message]) : error;
  }
}

async function attempt({ url, ca, prefix, logger }: QueueOptions): Promise<Queues> {
  const onError = (error: Error): void => logger.debug({ err: error }, 'Redis connection error');
  const redis = await connectToQueueServer(url, onError, { ca });
  try {
    const writes = new JobQueue(writeQueue, { redis, prefix, logger });
    const receipts = new JobQueue(receiptQueue, { redis, prefix, logger });
    await Promise.all([writes.ready(), receipts.ready()]);
    return {
      redis,
      writes,
      receipts,
      close: async () => {
        await Promise.all([writes.close(), receipts.close()]);
        redis.disconnect();
      },
    };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}
