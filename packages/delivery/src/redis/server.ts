import type { Redis } from 'ioredis';
import { connectRedis, type ConnectOptions } from './connections.ts';

/** Redis may throw our jobs away when memory runs short. Starting is refused until that is changed. */
export class EvictionPolicyError extends Error {
  override readonly name = 'EvictionPolicyError';

  constructor(policy: string) {
    super(
      `Redis has maxmemory-policy "${policy}" and may drop queued jobs when memory runs short. ` +
        'Set it to "noeviction" (redis.conf, or: CONFIG SET maxmemory-policy noeviction).',
    );
  }
}

/** The value of one field of an `INFO` answer. */
function infoField(info: string, field: string): string {
  const line = info.split(/\r?\n/).find((candidate) => candidate.startsWith(`${field}:`));
  if (line === undefined) throw new Error(`Redis does not report ${field} in INFO`);
  return line.slice(field.length + 1).trim();
}

/**
 * Checks at start that Redis never evicts keys. `INFO` tells where `CONFIG` is forbidden, as managed services do.
 *
 * @throws EvictionPolicyError when it does.
 */
export async function assertNoEviction(redis: Redis): Promise<void> {
  const policy = infoField(await redis.info('memory'), 'maxmemory_policy');
  if (policy !== 'noeviction') throw new EvictionPolicyError(policy);
}

/**
 * `connectRedis`, to a server that keeps what it is given.
 *
 * @throws EvictionPolicyError when it may drop it; RedisUnavailableError.
 */
export async function connectToQueueServer(
  url: string,
  onError: (error: Error) => void,
  o?: ConnectOptions,
): Promise<Redis> {
  const redis = await connectRedis(url, onError, o);
  try {
    await assertNoEviction(redis);
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** Another run id than before means that Redis was restarted or replaced, so jobs may be gone. */
export async function readRunId(redis: Redis): Promise<string> {
  return infoField(await redis.info('server'), 'run_id');
}
