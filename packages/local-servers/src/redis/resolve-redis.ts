import { types } from 'node:util';
import { LocalServerError } from '../local-server-error.ts';
import { redisFromApt } from './apt-redis.ts';
import { compiledRedis } from './compiled-redis.ts';
import { redisInDocker } from './docker-redis.ts';
import { findRedisBinary } from './find-binary.ts';
import { givenRedis } from './given-redis.ts';
import { installationAdvice } from './installation-advice.ts';
import type { LocalRedis, OnProgress, RedisOptions } from './local-redis.ts';
import { RedisProcess } from './redis-process.ts';

export interface ResolveRedisOptions extends RedisOptions {
  /** Do not use `REDIS_URL`: for who needs a server that may be ended. Default false. */
  own?: boolean;
  onProgress?: OnProgress;
}

/**
 * A Redis by the first way that works on this machine: `REDIS_URL`; `redis-server` or `valkey-server` on PATH; a
 * container; the distribution's package, installed if we may; one compiled from source.
 *
 * @throws LocalServerError when none does, with what was tried and what to do.
 */
export async function resolveRedis(options: ResolveRedisOptions): Promise<LocalRedis> {
  const url = process.env['REDIS_URL'];
  if (url && options.own !== true) return givenRedis(url);
  const onPath = await findRedisBinary();
  if (onPath !== undefined) return await RedisProcess.start(onPath, 'path', options);

  const onProgress = options.onProgress ?? (() => undefined);
  const failures: string[] = [];
  for (const way of [redisInDocker, installedRedis, compiledRedis]) {
    try {
      const redis = await way(options, onProgress);
      if (redis !== undefined) return redis;
    } catch (error) {
      failures.push(types.isNativeError(error) ? error.message : String(error));
      onProgress(`That did not work: ${failures.at(-1)}`);
    }
  }
  throw new LocalServerError(
    `There is no Redis on this machine and none could be provided. ${installationAdvice(process.platform)}\n` +
      `Tried: ${failures.join('\n')}`,
  );
}

async function installedRedis(options: RedisOptions, onProgress: OnProgress): Promise<LocalRedis | undefined> {
  const binary = await redisFromApt(onProgress);
  return binary === undefined ? undefined : await RedisProcess.start(binary, 'apt', options);
}
