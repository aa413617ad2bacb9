import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const names = ['redis-server', 'valkey-server'];

/** The first Redis-compatible server on `path`, in the form of the PATH variable. */
export async function findRedisBinary(path = process.env['PATH'] ?? ''): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of path.split(delimiter).filter(Boolean)) {
      const candidate = join(folder, name);
      try {
        await access(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}
