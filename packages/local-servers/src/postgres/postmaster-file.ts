import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from '../errno.ts';
import { LocalServerError } from '../local-server-error.ts';
import { commandLineOf } from '../process/command-line.ts';
import { refuseIfOwned } from '../process/owner.ts';

const postmasterFile = (folder: string): string => join(folder, 'postmaster.pid');

export interface PostmasterFile {
  pid: number;
  status: string;
}

/** What `postmaster.pid` says, or undefined without one. Lines: pid, folder, start time, port, socket, address, shmem, status. */
export async function readPostmasterFile(folder: string): Promise<PostmasterFile | undefined> {
  try {
    const lines = (await readFile(postmasterFile(folder), 'utf8')).split('\n');
    return { pid: Number(lines[0]), status: (lines[7] ?? '').trim() };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Ends a postmaster that was left running in `folder` when its parent was killed, and removes a pid file whose process
 * is gone or is by now something else: PostgreSQL would take that for a postmaster and refuse to start.
 *
 * @throws LocalServerError when its parent is there after all, or it does not end within `graceMs`.
 */
export async function endLeftoverPostmaster(folder: string, graceMs = 15_000): Promise<void> {
  const found = await readPostmasterFile(folder);
  if (found === undefined) return;
  if (await isPostmasterOf(found.pid, folder)) {
    await refuseIfOwned(folder);
    await endPostmaster(found.pid, folder, graceMs);
  }
  await rm(postmasterFile(folder), { force: true });
}

async function endPostmaster(pid: number, folder: string, graceMs: number): Promise<void> {
  process.kill(pid, 'SIGQUIT');
  const deadline = performance.now() + graceMs;
  while (await isPostmasterOf(pid, folder)) {
    if (performance.now() > deadline) {
      throw new LocalServerError(`A PostgreSQL server (pid ${pid}) keeps running in ${folder}; end it.`);
    }
    await delay(20);
  }
}

async function isPostmasterOf(pid: number, folder: string): Promise<boolean> {
  const command = await commandLineOf(pid);
  return command !== undefined && command.includes('postgres') && command.endsWith(` -D ${folder}`);
}
