import { LocalServerError } from '../local-server-error.ts';
import { findRedisBinary } from './find-binary.ts';
import { givenRedis } from './given-redis.ts';
import type { LocalRedis, RedisOptions } from './local-redis.ts';
import { RedisProcess } from './redis-process.ts';

export interface ResolveRedisOptions extends RedisOptions {
  /** Do not use `REDIS_URL`: for who needs a server that may be killed. Default false. */
  own?: boolean;
  /** Told, in a sentence, about steps that take more than a second. */
  onProgress?: (message: string) => void;
}

/**
 * A Redis by the first way that works on this machine: `REDIS_URL`, a server on PATH.
 *
 * @throws LocalServerError when none does, with what to do.
 */
export async function resolveRedis(options: ResolveRedisOptions): Promise<LocalRedis> {
  const url = process.env['REDIS_URL'];
  if (url && options.own !== true) return givenRedis(url);
  const onPath = await findRedisBinary();
  if (onPath !== undefined) return await RedisProcess.start(onPath, 'path', options);
  throw new LocalServerError('There is no Redis.');
}
