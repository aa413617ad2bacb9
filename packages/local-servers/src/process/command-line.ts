import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The command line of a running process, or undefined when there is none of that pid. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  try {
    if (process.platform === 'linux') {
      // Slim images have no ps. A process that has ended and waits for its parent has an empty command line.
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim() || undefined;
    }
    return (await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)])).stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
