import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../testing/eventually.ts';
import { ChildServer, type ChildServerOptions } from './child-server.ts';
import { commandLineOf } from './command-line.ts';

const waiting = 'setInterval(() => {}, 1000); console.log("ready");';

function program(script: string): ChildServerOptions {
  return { command: process.execPath, args: ['-e', script], cwd: tmpdir(), orphanSignal: 'SIGTERM' };
}

/** Runs, in a process of its own, a script that starts such a server, then does `last`; prints the pid of the server. */
async function parent(last: string): Promise<{ serverPid: number; kill: () => Promise<void> }> {
  const module = JSON.stringify(new URL('./child-server.ts', import.meta.url).href);
  const script = `
    const { ChildServer } = await import(${module});
    const { pid } = await ChildServer.start(${JSON.stringify(program(waiting))});
    console.log(pid);
    ${last}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { serverPid: Number(line), kill };
}

describe('ChildServer', () => {
  it('keeps the last thirty lines, also those written on the way out', async () => {
    const lines: string[] = [];
    const server = await ChildServer.start({
      ...program('for (let i = 0; i < 100; i++) console.error(`line ${i}`)'),
      onLog: (line) => lines.push(line),
    });
    await eventually(() => expect(server.running).toBe(false));
    expect((await server.lastWords()).split('\n')).toEqual(lines.slice(70));
    expect(lines).toHaveLength(100);
  });

  it('is killed when it does not end in time', async () => {
    const server = await ChildServer.start(program(`process.on('SIGTERM', () => {}); ${waiting}`));
    await eventually(async () => expect(await server.lastWords()).toBe('ready'));
    await server.end('SIGTERM', 50);
    expect(await commandLineOf(server.pid)).toBeUndefined();
  });

  it('ends when its parent is killed', async () => {
    const { serverPid, kill } = await parent('setInterval(() => {}, 1000);');
    expect(await commandLineOf(serverPid)).toContain('setInterval');
    await kill();
    await eventually(async () => expect(await commandLineOf(serverPid)).toBeUndefined());
  });

  it('does not keep its parent from ending, and ends with it', async () => {
    const { serverPid } = await parent('');
    await eventually(async () => expect(await commandLineOf(serverPid)).toBeUndefined());
  });

  it('says so when the program cannot be executed', async () => {
    const start = ChildServer.start({ ...program(''), command: '/nonexistent' });
    await expect(start).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
