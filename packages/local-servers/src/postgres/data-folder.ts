import { createHash } from 'node:crypto';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isReachableByAll } from './reachable.ts';
import type { ServerAccount } from './server-account.ts';
import { sharedFolder } from './shared-folder.ts';

/** Where the data wanted in `wanted` (absolute) is: there, or where `account` can reach it, under a name that follows from it. */
export async function placeDataFolder(wanted: string, account: ServerAccount | undefined): Promise<string> {
  if (account === undefined || (await isReachableByAll(dirname(wanted)))) return wanted;
  return join(await sharedFolder('data'), createHash('sha256').update(wanted).digest('hex').slice(0, 16));
}

/** Creates the folder the server keeps its data in, owned by `account`. */
export async function prepareDataFolder(requested: string, account: ServerAccount | undefined): Promise<string> {
  const wanted = resolve(requested);
  await mkdir(dirname(wanted), { recursive: true });
  const folder = await placeDataFolder(wanted, account);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o700);
  return folder;
}
