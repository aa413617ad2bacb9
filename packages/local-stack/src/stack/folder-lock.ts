import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@uns/service';
import { isRunning } from './running.ts';

/** Another stack is at work in the same folder. */
export class StackRunningError extends Error {
  override readonly name = 'StackRunningError';
}

/**
 * Makes the folder ours until released: two stacks in one folder would throw away each other's data. The lock of a process that is gone
 * is taken over.
 *
 * @throws StackRunningError
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'pid');
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
    if (holder !== process.pid && (await isRunning(holder))) {
      throw new StackRunningError(`a stack is running in ${folder} already (pid ${holder}); stop it first`);
    }
    await rm(file, { force: true });
  }
}
