import { access, rm, writeFile } from 'node:fs/promises';
import { isErrno } from '../errno.ts';
import { LocalServerError } from '../local-server-error.ts';
import { runTool } from '../process/run-tool.ts';
import { findRedisBinary } from './find-binary.ts';
import type { OnProgress } from './local-redis.ts';

const installDeadlineMs = 600_000;
const servicePolicy = '/usr/sbin/policy-rc.d';

/**
 * Installs the distribution's Redis when we are root on Debian or Ubuntu and returns its server, or undefined when we
 * are not. The package's service is neither started nor enabled: only the program is wanted.
 *
 * @throws LocalServerError when the installation fails.
 */
export async function redisFromApt(onProgress: OnProgress): Promise<string | undefined> {
  if (process.geteuid?.() !== 0 || !(await exists('/etc/debian_version')) || !(await exists('/usr/bin/apt-get'))) {
    return undefined;
  }
  onProgress('There is no Redis on this machine: installing the redis-server package with apt-get');
  await withoutStartingServices(async () => {
    try {
      await aptGet('install', '-y', '--no-install-recommends', 'redis-server');
    } catch {
      // Package lists that are missing (fresh images) or out of date are the usual reason.
      await aptGet('update');
      await aptGet('install', '-y', '--no-install-recommends', 'redis-server');
    }
  });
  // Where systemd runs, the package has enabled its service for the next boot.
  if (await exists('/run/systemd/system')) await runTool('systemctl', ['disable', 'redis-server']);
  const binary = await findRedisBinary();
  if (binary === undefined) throw new LocalServerError('redis-server was installed with apt-get and is not on PATH.');
  return binary;
}

async function aptGet(...args: string[]): Promise<void> {
  await runTool('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: installDeadlineMs,
  });
}

/** Debian asks this program before a package starts a service; 101 says no. One that is there already stays in charge. */
async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  try {
    await writeFile(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
    return await work();
  }
  try {
    await work();
  } finally {
    await rm(servicePolicy, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
