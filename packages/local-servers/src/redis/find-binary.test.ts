import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findRedisBinary } from './find-binary.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uns-path-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function program(name: string, mode = 0o755): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, '');
  await chmod(path, mode);
  return path;
}

const path = (...names: string[]): string => names.map((name) => join(folder, name)).join(delimiter);

describe('findRedisBinary', () => {
  it('finds nothing where there is nothing to run', async () => {
    await program('a/redis-server', 0o644);
    expect(await findRedisBinary(path('a', 'missing'))).toBeUndefined();
    expect(await findRedisBinary('')).toBeUndefined();
  });

  it('prefers Redis to Valkey, and takes Valkey where it is alone', async () => {
    const valkey = await program('a/valkey-server');
    expect(await findRedisBinary(path('a', 'b'))).toBe(valkey);
    const redis = await program('b/redis-server');
    expect(await findRedisBinary(path('a', 'b'))).toBe(redis);
  });
});
