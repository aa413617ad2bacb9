import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { binariesIn, locateBinaries } from './binaries.ts';
import { reachableBinaries } from './reachable-binaries.ts';
import { isReachableByAll } from './reachable.ts';

const nobody = { uid: 65534, gid: 65534 };

let folder: string;
let temporary: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uns-binaries-'));
  await chmod(folder, 0o755);
  temporary = join(folder, 'temporary');
  await mkdir(temporary);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function versionOf(postgres: string): Promise<string> {
  return (await promisify(execFile)(postgres, ['--version'])).stdout;
}

describe('the binaries of PostgreSQL', () => {
  it('are used as installed by who may run PostgreSQL themselves', async () => {
    const installed = binariesIn(join(folder, 'native'));
    expect(await reachableBinaries(installed, undefined)).toBe(installed);
  });

  it('are copied to where another account can execute them, and again when the copy has lost a file', async () => {
    const { home } = locateBinaries(16);
    await cp(dirname(home), join(folder, 'package'), { recursive: true, verbatimSymlinks: true });
    const installed = binariesIn(join(folder, 'package', 'native'));
    // As a strict umask would leave it.
    await chmod(installed.postgres, 0o700);

    const copy = await reachableBinaries(installed, nobody, [temporary]);
    expect(copy.home).toContain(temporary);
    expect(await versionOf(copy.postgres)).toContain('PostgreSQL) 16.');
    expect((await stat(copy.postgres)).mode & 0o777).toBe(0o755);
    expect(await isReachableByAll(join(copy.home, 'bin'))).toBe(true);

    await unlink(copy.initdb);
    expect(await reachableBinaries(installed, nobody, [temporary])).toEqual(copy);
    expect((await stat(copy.initdb)).isFile()).toBe(true);
  });
});
