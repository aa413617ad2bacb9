import { readFileSync } from 'node:fs';
import { optional, text, url } from '@uns/service';

/** Where Redis is, for every app that works with the queues. */
export const redisSettings = {
  redisUrl: url({
    env: 'REDIS_URL',
    doc: 'Redis with the queues; maxmemory-policy must be noeviction.',
    protocols: ['redis', 'rediss'],
  }),
  redisCaFile: optional(
    text({
      env: 'REDIS_CA_FILE',
      doc: 'PEM file of the authority that signed the certificate of Redis; REDIS_URL must then start with `rediss://`.',
    }),
  ),
};

interface RedisConfig {
  redisUrl: string;
  redisCaFile?: string | undefined;
}

/** What no single variable can tell. */
export function checkRedisConfig({ redisUrl, redisCaFile }: RedisConfig): string[] {
  return redisCaFile !== undefined && !redisUrl.startsWith('rediss:')
    ? ['REDIS_CA_FILE is set, so REDIS_URL must start with `rediss://`.']
    : [];
}

/** What the certificate of Redis is verified with; undefined for the system's roots. Throws when the file cannot be read. */
export function readRedisCa({ redisCaFile }: RedisConfig): string | undefined {
  return redisCaFile === undefined ? undefined : readFileSync(redisCaFile, 'utf8');
}
