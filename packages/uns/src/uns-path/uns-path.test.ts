import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCommand } from './command-line.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

function run(...args: string[]) {
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
}

describe('uns-path', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'uns-path-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (text: string): string => {
    const path = join(folder, 'rules.yaml');
    writeFileSync(path, text);
    return path;
  };

  it('TC-02 explains which rule made which path', () => {
    const rules = file(`version: 1
rules:
  - rule: kilns
    match: { edge: '{plant}-Ignition-Edge' }
    device: '{group}/Portugal/Cement/{plant}/{device}'
`);
    const { status, stdout } = run('--rules', rules, 'Secil/DBIRTH/Maceira-Ignition-Edge/Kiln-K1', 'KPI/SHC (kcal)');
    expect(stdout).toContain('device Secil/Portugal/Cement/Maceira/Kiln-K1\n');
    expect(stdout).toContain('metric Secil/Portugal/Cement/Maceira/Kiln-K1/KPI/SHC _kcal_\n');
    expect(stdout).toContain('canary id      Secil.Portugal.Cement.Maceira.Kiln-K1.KPI.SHC _kcal_\n');
    expect(stdout).toContain(`rule           kilns (${rules}:3)\n`);
    expect(stdout).toContain('{name}         KPI/SHC _kcal_   (from "KPI/SHC (kcal)")\n');
    expect(status).toBe(0);
  });

  it('TC-02 ends with 1 for a refused path and says what to do', () => {
    const { status, stdout } = run('spBv1.0/Secil/DBIRTH/Portugal/Cement', '...');
    expect(stdout).toMatch(/metric refused: SEGMENT_EMPTY\n(?: .*\n)* {2}what to do {5}Give it a name/);
    expect(status).toBe(1);
  });

  it('TC-02 ends with 78 for rules that cannot be used', () => {
    const { status, stderr } = run('--check', '--rules', file('version: 1\nrules:\n  - rule: r\n'));
    expect(stderr).toMatch(/rules\.yaml:3: rule "r": a device template is missing/);
    expect(status).toBe(78);
    expect(run('--check', '--rules', join(folder, 'none.yaml'))).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('ENOENT') as unknown,
    });
  });

  it('TC-02 takes the topic in the forms people copy', () => {
    const device = { group: 'Secil', edge: 'Portugal', device: 'Cement' };
    for (const topic of [
      'spBv1.0/Secil/DBIRTH/Portugal/Cement',
      'Secil/DBIRTH/Portugal/Cement',
      'Secil/Portugal/Cement',
    ]) {
      expect(parseCommand([topic], {})).toMatchObject({ kind: 'explain', device, rulesFile: null });
    }
    expect(parseCommand(['a/b/c'], { UNS_RULES_FILE: 'x.yaml' })).toMatchObject({ rulesFile: 'x.yaml' });
    for (const wrong of [[], ['a/b'], ['a//c'], ['a/b/c/d'], ['--nope']]) {
      expect(parseCommand(wrong, {})).toMatchObject({ kind: 'wrong' });
    }
  });
});
