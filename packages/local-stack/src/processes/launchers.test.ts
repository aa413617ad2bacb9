import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parentIn } from './launchers.ts';

describe('the parent in /proc', () => {
  it.each([
    ['4711 (node) S 4710 4711 4711 34816 4711 4194304', 4710],
    ['4711 (a) b) (c d) R 1 4711 4711', 1],
  ])('is read from %j', (stat, parent) => {
    expect(parentIn(stat)).toBe(parent);
  });
});

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

describeOnLinux('who started this process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'launchers-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is missed when the first of a chain of them was killed', async () => {
    const child = join(folder, 'child.ts');
    await writeFile(
      child,
      `import { watchLaunchers } from ${JSON.stringify(new URL('launchers.ts', import.meta.url).href)};
      const gone = watchLaunchers();
      console.log(gone() ? 'gone' : 'here');
      setInterval(() => { if (gone()) { console.log('gone'); process.exit(); } }, 20);
      setTimeout(() => { console.log('still here'); process.exit(); }, 5000);`,
    );
    // Stands for npx: a process of that name with a shell between itself and ours.
    const npx = join(folder, 'npx');
    await writeFile(npx, `#!/bin/sh\nsh -c '"$1" "$2"; true' sh "$1" "$2"\ntrue\n`, { mode: 0o755 });
    const first = spawn(npx, [process.execPath, child], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: first.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('here');
    first.kill('SIGKILL');
    expect((await lines.next()).value).toBe('gone');
    await once(first, 'close');
  });
});
