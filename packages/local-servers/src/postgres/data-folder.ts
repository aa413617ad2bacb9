import { createHash } from 'node:crypto';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isReachableByAll } from './reachable.ts';
import type { ServerAccount } from './server-account.ts';
import { sharedFolder } from './shared-folder.ts';

/**
 * Creates the folder the server keeps its data in, owned by `account`. It is the one asked for, unless `account` could
 * not reach that; then it lies in a folder open to all, under a name that always follows from the one asked for.
 */
export async function prepareDataFolder(requested: string, account: ServerAccount | undefined): Promise<string> {
  const wanted = resolve(requested);
  await mkdir(dirname(wanted), { recursive: true });
  const folder =
    account === undefined || (await isReachableByAll(dirname(wanted)))
      ? wanted
      : join(await sharedFolder('data'), createHash('sha256').update(wanted).digest('hex').slice(0, 16));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o700);
  return folder;
}
