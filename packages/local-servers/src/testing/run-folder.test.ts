import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createRunFolder, sweepLeftoverRuns } from './run-folder.ts';

it('removes what a killed run left and nothing of a run that goes on', async () => {
  // The end of a name like that of the runner keeps the other one alive.
  const running = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', 'testing/run.ts']);
  using _ = { [Symbol.dispose]: () => running.kill() };
  const current = await mkdtemp(join(tmpdir(), `uns-test-run-${running.pid}-`));
  const ended = spawn(process.execPath, ['-e', '']);
  await once(ended, 'exit');
  const left = await mkdtemp(join(tmpdir(), `uns-test-run-${ended.pid}-`));
  await mkdir(join(left, 'postgres'));

  await sweepLeftoverRuns();
  await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await stat(current)).isDirectory()).toBe(true);

  running.kill();
  await once(running, 'exit');
  await sweepLeftoverRuns();
  await expect(stat(current)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('names the folder after this process and removes it in the end', async () => {
  const path = await (async () => {
    await using folder = await createRunFolder();
    expect(folder.postgres).toContain(`uns-test-run-${process.pid}-`);
    await mkdir(folder.redis);
    return folder.redis;
  })();
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
});
