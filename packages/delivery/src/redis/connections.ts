import { Redis, type RedisOptions } from 'ioredis';

/** Never longer than 2 s between tries: a restarted Redis is back in service within moments, for every pod. */
const retryStrategy = (tries: number): number => Math.min(2000, 50 * 2 ** Math.min(tries, 10));

/**
 * For whoever must know now whether a command was carried out: producers, the limiter, the circuit. While Redis is away a command
 * fails at once, and one in flight when the connection breaks is not sent again behind the caller's back.
 */
const failFast = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 2000,
  connectTimeout: 5000,
  disconnectTimeout: 500,
  retryStrategy,
} satisfies RedisOptions;

/** For workers, which wait for Redis as long as it takes. BullMQ demands `maxRetriesPerRequest: null`. */
export const patient = { maxRetriesPerRequest: null, connectTimeout: 5000, retryStrategy } satisfies RedisOptions;

/** Redis was not there in time, or refused us. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';

  constructor(url: string, withinMs: number, cause: Error | undefined) {
    const { hostname, port } = new URL(url);
    const why = cause === undefined ? '' : `: ${cause.message}`;
    super(`no connection to Redis at ${hostname}:${port || '6379'} within ${withinMs} ms${why}`, { cause });
  }
}

export interface ConnectOptions {
  /** How long it may take until it is ready, ms. */
  withinMs?: number;
  /** PEM certificates that replace the system's roots, for `rediss://`. */
  ca?: string | undefined;
}

/** How the certificate of a `rediss://` server is verified: always, for the host of the URL. */
export const verifiedBy = (ca: string | undefined): { tls?: { ca: string } } =>
  ca === undefined ? {} : { tls: { ca } };

/**
 * A connection that fails fast, once it is ready: until then it tries again and again.
 *
 * @throws RedisUnavailableError when it is not ready within `withinMs`, 10 s by default.
 */
export async function connectRedis(
  url: string,
  onError: (error: Error) => void,
  { withinMs = 10_000, ca }: ConnectOptions = {},
): Promise<Redis> {
  const redis = new Redis(url, { ...failFast, ...verifiedBy(ca) });
  let lastError: Error | undefined;
  redis.on('error', (error) => {
    lastError = error;
    onError(error);
  });
  const deadline = AbortSignal.timeout(withinMs);
  try {
    await new Promise<void>((resolve, reject) => {
      redis.once('ready', resolve);
      deadline.addEventListener('abort', () => reject(deadline.reason), { once: true });
    });
    return redis;
  } catch {
    redis.disconnect();
    throw new RedisUnavailableError(url, withinMs, lastError);
  }
}
