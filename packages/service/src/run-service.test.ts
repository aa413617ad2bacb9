import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { exitCode } from './exit-code.ts';

const script = fileURLToPath(new URL('testing/failing-service.ts', import.meta.url));

async function run(failure: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [script], { env: { ...process.env, FAILURE: failure } });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

describe('running a service', () => {
  it('releases what it holds when it fails, and then says so with its exit code', async () => {
    const { code, out } = await run('broken');
    expect(code).toBe(exitCode.failed);
    expect(out).toContain('it broke');
    expect(out.indexOf('released')).toBeGreaterThan(out.indexOf('it broke'));
  });

  it('releases what it holds when a server turns out to be set up wrong', async () => {
    const { code, out, err } = await run('configuration');
    expect(code).toBe(exitCode.configuration);
    expect(err).toContain('the server is set up wrong');
    expect(out).toContain('released');
  });

  it('ends with a failure too when it cannot stop', async () => {
    const { code, out } = await run('stop');
    expect(code).toBe(exitCode.failed);
    expect(out).toContain('it would not stop');
  });
});
