import { readFile } from 'node:fs/promises';

/** Is there such a process, running something with `part` in its command line? A pid alone may be somebody else's by now. */
export async function isRunning(pid: number, part = ''): Promise<boolean> {
  if (pid <= 0) return false;
  if (process.platform === 'linux') {
    try {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes(part);
    } catch {
      // No such process.
      return false;
    }
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
