import { RedisProcess } from './redis-process.ts';
import type { LocalRedis, OnProgress, RedisOptions } from './local-redis.ts';

/**
 * Downloads and compiles Redis, once per machine, with the library that does that.
 *
 * @throws when there is no compiler, or no way to the source.
 */
export async function compiledRedis(options: RedisOptions, onProgress: OnProgress): Promise<LocalRedis> {
  onProgress('There is no Redis on this machine: compiling one, which takes some minutes the first time');
  const { RedisBinary } = await import('redis-memory-server');
  return await RedisProcess.start(await RedisBinary.getPath(), 'redis-memory-server', options);
}
