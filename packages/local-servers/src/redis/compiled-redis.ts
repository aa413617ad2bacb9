import { within } from '../process/within.ts';
import { RedisProcess } from './redis-process.ts';
import type { LocalRedis, OnProgress, RedisOptions } from './local-redis.ts';

// 5 minutes were measured on two busy cores.
const deadlineMs = 1_200_000;

/**
 * Downloads and compiles Redis, once per machine, with the library that does that.
 *
 * @throws when there is no compiler, or no way to the source.
 */
export async function compiledRedis(options: RedisOptions, onProgress: OnProgress): Promise<LocalRedis> {
  onProgress('There is no Redis on this machine: compiling one, which takes some minutes the first time');
  const { RedisBinary } = await import('redis-memory-server');
  const binary = await within(deadlineMs, 'A compiled Redis', RedisBinary.getPath());
  return await RedisProcess.start(binary, 'redis-memory-server', options);
}
