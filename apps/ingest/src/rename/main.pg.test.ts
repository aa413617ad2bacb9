import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeBirth } from '@uns/metadata-store';
import { sampleBirth, testStore, type TestStore } from '@uns/metadata-store/testing';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

describe('the rename command against a store', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
    await writeBirth(store.sql, sampleBirth({ metrics: { A: {}, B: {} } }));
  });
  afterAll(() => store[Symbol.asyncDispose]());

  const rename = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
    const env = { PATH: process.env['PATH'], POSTGRES_URL: `${store.url}?role=uns_meta_app`, POSTGRES_TLS: 'off' };
    try {
      return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args], { env })) };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  };

  it('declares, lists and withdraws, and names who declared', async () => {
    const declared = await rename('Secil/Portugal/Cement', 'A', 'B', 'B', 'A');
    expect(declared).toMatchObject({ code: 0, stderr: '' });
    expect(declared.stdout).toContain('"A" -> "B" with the next birth that has "B"');
    const twice = await rename('Secil/Portugal/Cement', 'A', 'C');
    expect(twice).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('A rename with that old name is pending already'),
    });
    const { stdout } = await rename('--list');
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stdout).toMatch(/pending {2}Secil\/Portugal\/Cement {2}"B" -> "A" {2}\(\S+, /);
    for (const [id] of stdout.matchAll(/^\d+/gm)) expect(await rename('--withdraw', id)).toMatchObject({ code: 0 });
    expect((await rename('--list')).stdout).toBe('nothing is pending\n');
    expect((await rename('--list', '--all')).stdout).toContain('withdrawn');
  });

  it('declares all or nothing', async () => {
    const refused = await rename('Secil/Portugal/Cement', 'A', 'X', 'unknown', 'Y');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('has no metric "unknown"') });
    expect((await rename('--list')).stdout).toBe('nothing is pending\n');
  });

  it('says what it lacks', async () => {
    expect(await rename('nonsense')).toMatchObject({ code: 64 });
    await expect(promisify(execFile)(process.execPath, [main, '--list'], { env: {} })).rejects.toMatchObject({
      code: 78,
    });
  });
});
