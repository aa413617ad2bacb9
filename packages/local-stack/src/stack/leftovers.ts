import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readEndpoints, removeEndpoints } from './endpoints.ts';
import type { StackLog } from './stack-log.ts';

/** Another stack is at work in the same folder. */
export class StackRunningError extends Error {
  override readonly name = 'StackRunningError';
}

/**
 * Ends the apps of a stack that was killed. (PostgreSQL and Redis look after their own leftovers.) A process is ended only when it
 * still runs the script of the app: its number may be somebody else's by now.
 *
 * @throws StackRunningError when the stack of the folder is alive.
 */
export async function endLeftovers(folder: string, log: StackLog): Promise<void> {
  const endpoints = await readEndpoints(folder);
  if (endpoints === null) return;
  if (await runs(endpoints.pid, 'local-stack')) {
    throw new StackRunningError(`a stack is running in ${folder} already (pid ${endpoints.pid}); stop it first`);
  }
  for (const [name, processes] of Object.entries(endpoints.apps)) {
    for (const { pid } of processes) {
      if (!(await runs(pid, `apps/${name}/src/main.ts`))) continue;
      log.step(`Ending ${name} (pid ${pid}) of a stack that was killed`);
      process.kill(pid, 'SIGKILL');
      for (let i = 0; i < 100 && (await runs(pid, name)); i += 1) await delay(20);
    }
  }
  await removeEndpoints(folder);
}

async function runs(pid: number, part: string): Promise<boolean> {
  if (process.platform !== 'linux') return isAlive(pid);
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes(part);
  } catch {
    // No such process.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
