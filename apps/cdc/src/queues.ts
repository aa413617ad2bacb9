import { readFileSync } from 'node:fs';
import { assertNoEviction, connectRedis, EvictionPolicyError, JobQueue, receiptQueue, writeQueue } from '@uns/delivery';
import { ConfigurationError, persist, type Logger } from '@uns/service';
import type { Receipt, WriteJob } from '@uns/uns';

/** Both queues on one connection that fails fast. */
export interface Queues {
  redis: Awaited<ReturnType<typeof connectRedis>>;
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

/** What the certificate of Redis is verified with; undefined for the system's roots. */
export const redisCa = ({ redisCaFile }: { redisCaFile?: string | undefined }): string | undefined =>
  redisCaFile === undefined ? undefined : readFileSync(redisCaFile, 'utf8');

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
  const redis = await connectRedis(url, onError, { ca });
  try {
    await assertNoEviction(redis);
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
