import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalServerError } from '../local-server-error.ts';
import { commandLineOf } from './command-line.ts';

const fileName = 'local-servers.owner';

/** Notes in `folder` that this process runs the server there. */
export async function noteOwner(folder: string): Promise<void> {
  const owner = { pid: process.pid, command: await commandLineOf(process.pid) };
  await writeFile(join(folder, fileName), JSON.stringify(owner));
}

/**
 * A server still running in `folder` is a leftover only when the process that started it is gone.
 *
 * @throws LocalServerError when that process is there, and is not this one.
 */
export async function refuseIfOwned(folder: string): Promise<void> {
  const { pid, command } = JSON.parse(await readFile(join(folder, fileName), 'utf8').catch(() => '{}'));
  // The command line tells a process from a later one that was given the same pid.
  if (!pid || pid === process.pid || (await commandLineOf(pid)) !== command) return;
  throw new LocalServerError(`${folder} is in use by process ${pid}; stop it, or use another folder.`);
}
