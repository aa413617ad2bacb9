import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jestCommand } from './jest-command.ts';

interface Results {
  numPassedTests: number;
  numRuntimeErrorTestSuites: number;
}

describe('the runner of the tests', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uns-runner-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Runs two test files, of which one does `body` first. */
  const run = async (body: string): Promise<{ results: Results; said: string }> => {
    const config = {
      rootDir: folder,
      runner: fileURLToPath(new URL('jest-runner.ts', import.meta.url)),
      transform: {},
      maxWorkers: 1,
      workerIdleMemoryLimit: '1GB',
    };
    await writeFile(join(folder, 'package.json'), '{}');
    await writeFile(join(folder, 'sound.test.js'), `it('is sound', () => undefined)`);
    await writeFile(join(folder, 'other.test.js'), `it('may crash', () => { ${body} })`);
    const file = join(folder, 'results.json');
    const { command, args } = jestCommand(['--config', JSON.stringify(config), '--json', '--outputFile', file]);
    const said = await new Promise<string>((resolve) => {
      execFile(command, args, { cwd: folder }, (_error, _stdout, stderr) => resolve(stderr));
    });
    return { results: JSON.parse(await readFile(file, 'utf8')) as Results, said };
  };
  const crash = `process.kill(process.pid, 'SIGSEGV'); while (true);`;

  it('runs a file again whose process crashed, and says so', async () => {
    const once = `const marker = ${JSON.stringify(join(folder, 'crashed'))}, fs = require('fs');
      if (!fs.existsSync(marker)) { fs.writeFileSync(marker, ''); ${crash} }`;
    const { results, said } = await run(once);
    expect(results).toMatchObject({ numPassedTests: 2, numRuntimeErrorTestSuites: 0 });
    expect(said).toContain(`Node.js crashed in ${join(folder, 'other.test.js')}, which is run again`);
  });

  it('lets a file fail whose process crashes again', async () => {
    expect((await run(crash)).results).toMatchObject({ numPassedTests: 1, numRuntimeErrorTestSuites: 1 });
  });

  it('runs nothing again that fails otherwise', async () => {
    const killed = await run(`process.kill(process.pid, 'SIGKILL'); while (true);`);
    expect(killed.results).toMatchObject({ numPassedTests: 1, numRuntimeErrorTestSuites: 1 });
    const failed = await run(`throw new Error('wrong')`);
    expect(failed.results).toMatchObject({ numPassedTests: 1, numFailedTests: 1 });
    expect(killed.said + failed.said).not.toContain('run again');
  });
});
