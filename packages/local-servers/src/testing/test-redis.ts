import { Redis } from 'ioredis';
import { redisUrlVariable, serverUrl } from './environment.ts';

export interface TestRedis {
  /** With the logical database in it. */
  url: string;
  database: number;
  [Symbol.asyncDispose](): Promise<void>;
}

const counterKey = 'uns-test:databases-taken';
const freeKey = 'uns-test:databases-free';

/** The logical database 0 keeps the books, so that parallel test files never share one. */
export async function testRedis(): Promise<TestRedis> {
  const serverAt = serverUrl(redisUrlVariable);
  const database = await withServer(serverAt, 0, takeDatabase);
  const url = new URL(serverAt);
  url.pathname = `/${database}`;
  return {
    url: url.href,
    database,
    [Symbol.asyncDispose]: async () => {
      await withServer(serverAt, database, async (redis) => await redis.flushdb());
      await withServer(serverAt, 0, async (redis) => await redis.rpush(freeKey, database));
    },
  };
}

async function takeDatabase(redis: Redis): Promise<number> {
  const returned = await redis.lpop(freeKey);
  if (returned !== null) return Number(returned);
  for (;;) {
    const next = await redis.incr(counterKey);
    // Out of range is an error of the server: every logical database is in use.
    await redis.select(next);
    const keys = await redis.dbsize();
    await redis.select(0);
    // A server given by REDIS_URL may hold somebody's data: only empty databases are ours to flush.
    if (keys === 0) return next;
  }
}

async function withServer<T>(url: string, db: number, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { db, maxRetriesPerRequest: 3 });
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
