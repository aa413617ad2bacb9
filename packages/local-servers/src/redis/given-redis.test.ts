import { expect, it } from '@jest/globals';
import { givenRedis } from './given-redis.ts';

it('uses the Redis of REDIS_URL and refuses to end it', async () => {
  const redis = givenRedis('redis://example.test:6379');
  expect(redis).toMatchObject({ url: 'redis://example.test:6379', how: 'REDIS_URL', pid: null });
  await expect(redis.kill()).rejects.toThrow('REDIS_URL names a Redis of somebody else');
  await expect(redis.restart({ keepData: true })).rejects.toThrow('REDIS_URL names a Redis of somebody else');
  await redis.stop();
});
