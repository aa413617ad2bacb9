import { Redis, type RedisOptions } from 'ioredis';

/** Never longer than 2 s between tries: a restarted Redis is back in service within moments, for every pod. */
const retryStrategy = (tries: number): number => Math.min(2000, 50 * 2 ** Math.min(tries, 10));

/**
 * For whoever must know now whether a command was carried out: producers, the limiter, the circuit. While Redis is away a command
 * fails at once, and one in flight when the connection breaks is not sent again behind the caller's back.
 */
export const failFast = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 2000,
  connectTimeout: 5000,
  retryStrategy,
} satisfies RedisOptions;

/** For workers, which wait for Redis as long as it takes. BullMQ demands `maxRetriesPerRequest: null`. */
export const patient = { maxRetriesPerRequest: null, connectTimeout: 5000, retryStrategy } satisfies RedisOptions;

/**
 * A connection that fails fast. Resolves when it is ready.
 *
 * @throws Error when Redis cannot be reached within 10 s or refuses the credentials.
 */
export async function connectRedis(url: string, onError: (error: Error) => void): Promise<Redis> {
  const redis = new Redis(url, { ...failFast, lazyConnect: true });
  redis.on('error', onError);
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}
