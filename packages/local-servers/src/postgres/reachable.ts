import { stat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Whether every user may enter `folder`, parents included. A clone below `mktemp -d` (0700) or `/root` is out of reach
 * of the account that PostgreSQL is lent, whatever the modes of the files in it.
 */
export async function isReachableByAll(folder: string): Promise<boolean> {
  const othersMayEnter = 0o001;
  for (let at = await realpath(folder); ; at = dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & othersMayEnter) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
