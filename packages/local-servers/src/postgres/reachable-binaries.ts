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
  temporary?: string[],
): Promise<PostgresBinaries> {
  if (account === undefined || (await isExecutableByAll(installed))) return installed;
  const cache = await sharedFolder('postgres', temporary);
  const copy = join(cache, await packageVersion(installed.home));
  if (!(await isComplete(copy, installed.home))) await copyAtomically(installed.home, copy, cache);
  return binariesIn(copy);
}

async function isExecutableByAll({ home, postgres }: PostgresBinaries): Promise<boolean> {
  const othersReadAndExecute = 0o005;
  const { mode } = await stat(postgres);
  return (mode & othersReadAndExecute) === othersReadAndExecute && (await isReachableByAll(join(home, 'bin')));
}

async function packageVersion(home: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(home, '..', 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error(`${home} belongs to a package without a version`);
}

/** Machines clean their temporary folders, file by file. */
async function isComplete(copy: string, original: string): Promise<boolean> {
  const there = new Set(await readdir(copy, { recursive: true }).catch(() => []));
  return (await readdir(original, { recursive: true })).every((name) => there.has(name));
}

async function copyAtomically(from: string, to: string, cache: string): Promise<void> {
  const partial = await mkdtemp(join(cache, 'partial-'));
  try {
    // verbatimSymlinks keeps the links between library versions relative, so that they survive the move.
    await cp(from, partial, { recursive: true, verbatimSymlinks: true });
    await openToAll(partial);
    // Another run that is copying too may be faster; its copy is as good.
    if (await isComplete(to, from)) return;
    await rm(to, { recursive: true, force: true });
    await rename(partial, to);
  } catch (error) {
    if (!(await isComplete(to, from))) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
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
