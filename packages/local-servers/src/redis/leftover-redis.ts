import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalServerError } from '../local-server-error.ts';
import { commandLineOf } from '../process/command-line.ts';
import { noteOwner, refuseIfOwned } from '../process/owner.ts';

const fileName = 'local-servers.json';

interface Remembered {
  pid: number;
  port: number;
}

export async function rememberRedis(dataDir: string, server: Remembered): Promise<void> {
  await noteOwner(dataDir);
  await writeFile(join(dataDir, fileName), JSON.stringify(server));
}

/**
 * Ends a Redis that was left running on `dataDir` when its parent was killed. Whoever listens on the port remembered
 * must name that folder and pid itself; anything else is left alone.
 *
 * @throws LocalServerError when its parent is there after all, or it does not end within `graceMs`.
 */
export async function endLeftoverRedis(dataDir: string, graceMs = 10_000): Promise<void> {
  const remembered = await recall(dataDir);
  if (remembered === undefined || !(await isRedisOn(dataDir, remembered))) return;
  await refuseIfOwned(dataDir);
  process.kill(remembered.pid, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while ((await commandLineOf(remembered.pid)) !== undefined) {
    if (performance.now() > deadline) {
      throw new LocalServerError(`A Redis server (pid ${remembered.pid}) keeps running on ${dataDir}; end it.`);
    }
    await delay(20);
  }
}

async function recall(dataDir: string): Promise<Remembered | undefined> {
  try {
    const { pid, port } = JSON.parse(await readFile(join(dataDir, fileName), 'utf8'));
    return Number.isInteger(pid) && Number.isInteger(port) ? { pid, port } : undefined;
  } catch {
    // Missing or cut short: nothing to go by, and starting will tell if the folder is in use.
    return undefined;
  }
}

async function isRedisOn(dataDir: string, { pid, port }: Remembered): Promise<boolean> {
  const redis = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 1000,
    commandTimeout: 1000,
    maxRetriesPerRequest: 0,
  });
  // Failures reach us through the commands.
  redis.on('error', () => undefined);
  try {
    const [info, config] = await Promise.all([redis.info('server'), redis.config('GET', 'dir')]);
    return info.includes(`process_id:${pid}\r`) && Array.isArray(config) && config[1] === dataDir;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
