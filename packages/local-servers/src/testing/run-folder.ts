import { chmod, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftoverPostgres } from '../postgres/leftover-postgres.ts';
import { commandLineOf } from '../process/command-line.ts';
import { endLeftoverRedis } from '../redis/leftover-redis.ts';

const prefix = 'uns-test-run-';

export interface RunFolder extends AsyncDisposable {
  postgres: string;
  redis: string;
}

/** A temporary folder for the servers of one test run, named after this process. */
export async function createRunFolder(): Promise<RunFolder> {
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  // As root, the account that PostgreSQL runs under has to get in.
  await chmod(folder, 0o711);
  return { ...placesIn(folder), [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }) };
}

/** Ends the servers, and removes the data, of test runs that were killed before they could. */
export async function sweepLeftoverRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (Number.isNaN(pid) || (await isTestRun(pid))) continue;
    const folder = join(tmpdir(), name);
    // Anybody may create such a name.
    const found = await lstat(folder);
    if (!found.isDirectory() || found.uid !== process.geteuid?.()) continue;
    const places = placesIn(folder);
    await endLeftoverPostgres(places.postgres);
    await endLeftoverRedis(places.redis);
    await rm(folder, { recursive: true, force: true });
  }
}

const placesIn = (folder: string): { postgres: string; redis: string } => ({
  postgres: join(folder, 'postgres'),
  redis: join(folder, 'redis'),
});

async function isTestRun(pid: number): Promise<boolean> {
  return (await commandLineOf(pid))?.includes('testing/run.ts') === true;
}
