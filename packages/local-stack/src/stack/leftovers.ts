import { setTimeout as delay } from 'node:timers/promises';
import { readEndpoints, removeEndpoints } from './endpoints.ts';
import { isRunning } from './running.ts';
import type { StackLog } from './stack-log.ts';

/**
 * Ends the apps of a stack that was killed. (PostgreSQL and Redis look after their own leftovers.) The folder must be locked. A process
 * is ended only when it still runs the script of the app.
 */
export async function endLeftovers(folder: string, log: StackLog): Promise<void> {
  const endpoints = await readEndpoints(folder);
  if (endpoints === null) return;
  for (const [name, processes] of Object.entries(endpoints.apps)) {
    const script = `apps/${name}/src/main.ts`;
    for (const { pid } of processes) {
      if (!(await isRunning(pid, script))) continue;
      log.step(`Ending ${name} (pid ${pid}) of a stack that was killed`);
      process.kill(pid, 'SIGKILL');
      for (let i = 0; i < 100 && (await isRunning(pid, script)); i += 1) await delay(20);
    }
  }
  await removeEndpoints(folder);
}
