import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';
import { LocalServerError } from '../local-server-error.ts';
import { isReachableByAll } from './reachable.ts';

/**
 * A folder of ours that every user may enter and only we may write: what is found in it can be trusted, although it
 * lies in a temporary folder where anybody may create names.
 *
 * @throws LocalServerError when no temporary folder is open to all, or somebody else got hold of the name first.
 */
export async function sharedFolder(name: string, temporary = [tmpdir(), '/var/tmp', '/tmp']): Promise<string> {
  const folder = join(await firstOpenToAll(temporary), `uns-local-servers-${process.geteuid?.() ?? 0}`);
  await ownFolder(folder);
  await ownFolder(join(folder, name));
  return join(folder, name);
}

async function firstOpenToAll(candidates: string[]): Promise<string> {
  for (const candidate of candidates) {
    if (await isReachableByAll(candidate).catch(() => false)) return candidate;
  }
  throw new LocalServerError(
    `None of ${candidates.join(', ')} can be entered by all users; set TMPDIR to one that can.`,
  );
}

async function ownFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
    // The umask may have narrowed the mode given to mkdir, so the mode is set on its own.
    await chmod(folder, 0o755);
  } catch (error) {
    // One that exists is left as it is, and judged.
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  const found = await lstat(folder);
  const writableByOthers = (found.mode & 0o022) !== 0;
  if (!found.isDirectory() || found.uid !== process.geteuid?.() || writableByOthers) {
    throw new LocalServerError(`${folder} belongs to another user or is writable by others; remove it.`);
  }
}
