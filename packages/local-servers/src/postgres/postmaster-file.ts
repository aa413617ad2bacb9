import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from '../errno.ts';
import { LocalServerError } from '../local-server-error.ts';
import { commandLineOf } from '../process/command-line.ts';

export interface PostmasterFile {
  pid: number;
  folder: string;
  status: string;
}

/** What `postmaster.pid` says, or undefined without one. Lines: pid, folder, start time, port, socket, address, shmem, status. */
export async function readPostmasterFile(folder: string): Promise<PostmasterFile | undefined> {
  try {
    const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
    return { pid: Number(lines[0]), folder: lines[1] ?? '', status: (lines[7] ?? '').trim() };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Ends a postmaster that was left running in `folder` when its parent was killed. A pid file whose process is gone, or
 * is by now something else, is left alone: PostgreSQL overwrites it.
 *
 * @throws LocalServerError when it does not end within `graceMs`.
 */
export async function endLeftoverPostmaster(folder: string, graceMs = 15_000): Promise<void> {
  const found = await readPostmasterFile(folder);
  if (found === undefined || !(await isPostmasterOf(found.pid, folder))) return;
  process.kill(found.pid, 'SIGQUIT');
  const deadline = performance.now() + graceMs;
  while (await isPostmasterOf(found.pid, folder)) {
    if (performance.now() > deadline) {
      throw new LocalServerError(`A PostgreSQL server (pid ${found.pid}) keeps running in ${folder}; end it.`);
    }
    await delay(20);
  }
}

async function isPostmasterOf(pid: number, folder: string): Promise<boolean> {
  const command = await commandLineOf(pid);
  return command !== undefined && command.includes('postgres') && command.includes(folder);
}
