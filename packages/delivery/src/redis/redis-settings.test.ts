import { describe, expect, it } from '@jest/globals';
import { checkRedisConfig, readRedisCa } from './redis-settings.ts';

describe('the settings of Redis', () => {
  it('SEC-02 refuses an authority for a server that is not asked over TLS', () => {
    const redisCaFile = '/etc/ssl/redis.pem';
    expect(checkRedisConfig({ redisUrl: 'redis://redis:6379', redisCaFile })).toEqual([
      'REDIS_CA_FILE is set, so REDIS_URL must start with `rediss://`.',
    ]);
    expect(checkRedisConfig({ redisUrl: 'rediss://redis:6379', redisCaFile })).toEqual([]);
    expect(checkRedisConfig({ redisUrl: 'redis://redis:6379' })).toEqual([]);
  });

  it('names the file of the authority that is not there', () => {
    expect(readRedisCa({ redisUrl: 'rediss://redis:6379' })).toBeUndefined();
    expect(() => readRedisCa({ redisUrl: 'rediss://redis:6379', redisCaFile: '/no/such.pem' })).toThrow('/no/such.pem');
  });
});
