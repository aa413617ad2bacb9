import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { binariesIn, type PostgresBinaries } from './binaries.ts';
import { isReachableByAll } from './reachable.ts';
import type { ServerAccount } from './server-account.ts';
import { sharedFolder } from './shared-folder.ts';

/** The binaries where `account` can execute them: as installed, or copied once per version to a folder open to all. */
export async function reachableBinaries(
  installed: PostgresBinaries,
  account: ServerAccount | undefined,
): Promise<PostgresBinaries> {
  if (account === undefined || (await isExecutableByAll(installed))) return installed;
  const cache = await sharedFolder('postgres');
  const copy = join(cache, await packageVersion(installed.home));
  if (!(await exists(copy))) await copyAtomically(installed.home, copy, cache);
  return binariesIn(copy);
}

async function packageVersion(home: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(home, '..', 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error(`${home} belongs to a package without a version`);
}

async function copyAtomically(from: string, to: string, cache: string): Promise<void> {
  const partial = await mkdtemp(join(cache, 'partial-'));
  try {
    // verbatimSymlinks keeps the links between library versions relative, so that they survive the move.
    await cp(from, partial, { recursive: true, verbatimSymlinks: true });
    await openToAll(partial);
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another run was faster; its copy is complete, because it too arrived by rename.
    if (!(await exists(to))) throw error;
  }
}

async function isExecutableByAll({ home, postgres }: PostgresBinaries): Promise<boolean> {
  const othersReadAndExecute = 0o005;
  const { mode } = await stat(postgres);
  return (mode & othersReadAndExecute) === othersReadAndExecute && (await isReachableByAll(join(home, 'bin')));
}

/** An installation under a strict umask leaves files that only their owner may read. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    await chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
