import { randomBytes } from 'node:crypto';
import { appendFile, chown, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalServerError } from '../local-server-error.ts';
import { runTool } from '../process/run-tool.ts';
import type { PostgresBinaries, PostgresVersion } from './binaries.ts';
import type { ServerAccount } from './server-account.ts';
import type { PostgresProfile } from './settings.ts';

export const settingsFile = 'local-servers.conf';
const passwordFile = 'local-servers.password';

export interface Cluster {
  folder: string;
  version: PostgresVersion;
  binaries: PostgresBinaries;
  account: ServerAccount | undefined;
  profile: PostgresProfile;
}

/**
 * Initialises the cluster unless the folder holds one, and returns the superuser's password.
 *
 * @throws LocalServerError when the folder holds a cluster of another major version, or `initdb` fails.
 */
export async function ensureCluster(cluster: Cluster): Promise<string> {
  const found = await versionIn(cluster.folder);
  if (found === undefined) return await initialise(cluster);
  if (found !== String(cluster.version)) {
    throw new LocalServerError(
      `${cluster.folder} holds data of PostgreSQL ${found}, and PostgreSQL ${cluster.version} was asked for. ` +
        'Remove the folder, or ask for the other version.',
    );
  }
  return await readFile(join(cluster.folder, passwordFile), 'utf8');
}

async function versionIn(folder: string): Promise<string | undefined> {
  const contents = await readdir(folder);
  if (contents.includes(passwordFile)) return (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (contents.length === 0) return undefined;
  if (!(await exists(handoverFile(folder)))) {
    throw new LocalServerError(`${folder} is not empty and was not made by this project; choose another folder.`);
  }
  // An initdb of ours was cut short: its password was handed over and never put in place.
  await Promise.all(contents.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  return undefined;
}

async function initialise({ folder, binaries, account, profile }: Cluster): Promise<string> {
  const password = randomBytes(18).toString('base64url');
  const handover = handoverFile(folder);
  await writeOwned(handover, password, account);
  const options = [
    `--pgdata=${folder}`,
    '--username=postgres',
    `--pwfile=${handover}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The one locale every machine has, and the same order of text everywhere.
    '--locale=C',
    ...(profile === 'throwaway' ? ['--no-sync'] : []),
  ];
  await runTool(binaries.initdb, options, { cwd: folder, env: serverEnvironment(), ...account });
  await appendFile(join(folder, 'postgresql.conf'), `include_if_exists '${settingsFile}'\n`);
  await writeOwned(join(folder, passwordFile), password, account);
  await rm(handover);
  return password;
}

const handoverFile = (folder: string): string => `${folder}.initialising`;

export async function writeOwned(path: string, text: string, account: ServerAccount | undefined): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

/** Without the caller's PG* and LC_* variables, which would reach into the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TMPDIR } = process.env;
  return { PATH, SystemRoot, TMPDIR, LC_ALL: 'C', TZ: 'UTC' };
}

export async function removeCluster(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await rm(handoverFile(folder), { force: true });
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
