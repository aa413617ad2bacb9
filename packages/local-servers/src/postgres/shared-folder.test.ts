import { chmod, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isReachableByAll } from './reachable.ts';
import { sharedFolder } from './shared-folder.ts';

let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'uns-shared-'));
  await chmod(temporary, 0o777);
});

afterEach(async () => {
  await rm(temporary, { recursive: true, force: true });
});

const ours = (): string => join(temporary, `uns-local-servers-${process.geteuid?.()}`);

describe('isReachableByAll', () => {
  it('asks for the right to enter of the folder and of all above it', async () => {
    const inner = join(temporary, 'a', 'b');
    await mkdir(inner, { recursive: true });
    expect(await isReachableByAll(inner)).toBe(true);
    await chmod(join(temporary, 'a'), 0o700);
    expect(await isReachableByAll(inner)).toBe(false);
  });
});

describe('sharedFolder', () => {
  it('is open to all and writable by us alone, whatever the umask', async () => {
    const folder = await sharedFolder('data', [temporary]);
    expect(folder).toBe(join(ours(), 'data'));
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
    expect(await sharedFolder('data', [temporary])).toBe(folder);
  });

  it('is not one that others may write to, nor a link', async () => {
    await mkdir(ours());
    await chmod(ours(), 0o777);
    await expect(sharedFolder('data', [temporary])).rejects.toThrow('writable by others');
    await rm(ours(), { recursive: true });
    await symlink(tmpdir(), ours());
    await expect(sharedFolder('data', [temporary])).rejects.toThrow('belongs to another user');
  });

  it('lies in the first temporary folder that all may enter', async () => {
    const closed = await mkdtemp(join(temporary, 'closed-'));
    expect(await sharedFolder('data', [closed, temporary])).toContain(ours());
    await expect(sharedFolder('data', [closed])).rejects.toThrow('set TMPDIR');
  });
});
