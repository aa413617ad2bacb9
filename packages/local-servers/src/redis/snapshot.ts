import { Redis } from 'ioredis';

/** Where a server finds a snapshot when it starts. Removed once loaded, so that it never comes back later. */
export const snapshotFile = 'dump.rdb';

/** Makes the server write its data down, for a restart that keeps data without an append-only file. */
export async function takeSnapshot(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 3, connectTimeout: 5000 });
  try {
    await redis.save();
  } finally {
    redis.disconnect();
  }
}
