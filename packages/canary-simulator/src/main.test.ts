import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { SimulatorControl } from './control/simulator-control.ts';
import { HttpClient } from './testing/http-client.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

const start = (env: Readonly<Record<string, string>>): ChildProcess =>
  spawn(process.execPath, [main], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });

/** The first line of the process: where it can be reached. */
async function ready(
  child: ChildProcess,
): Promise<Record<'url' | 'controlUrl' | 'safBaseUrl' | 'viewsBaseUrl' | 'ca', string>> {
  if (child.stdout === null) throw new Error('no standard output');
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  return JSON.parse(String(line));
}

describe('the simulator as a process', () => {
  it('EP-09 says where it is when it can be called, and ends with status 0 on SIGTERM', async () => {
    const child = start({
      CANARY_SIMULATOR_API_TOKEN: 'secret',
      CANARY_SIMULATOR_HISTORIANS: 'one, two',
      CANARY_SIMULATOR_TAGS_PER_DATASET: '1',
      CANARY_SIMULATOR_RPS: '7',
      CANARY_SIMULATOR_VIEW: 'Plant',
    });
    const { url, controlUrl, safBaseUrl, viewsBaseUrl, ca } = await ready(child);
    expect([safBaseUrl, viewsBaseUrl]).toEqual([`${url}/api/v1`, `${url}/api/v2`]);
    const control = new SimulatorControl(controlUrl);
    expect(await control.provision(['Secil.a', 'Secil.b'], { historian: 'one' })).toMatchObject({
      datasets: { Secil: 1, Secil2: 1 },
    });
    expect(await control.stats()).toMatchObject({ requestsPerSecond: 7, historians: { one: {}, two: {} } });
    using client = new HttpClient(url, ca);
    expect(await client.call('v2/browseNodes')).toMatchObject({ statusCode: 'BadUserToken' });
    expect(await client.call('v2/browseNodes', { apiToken: 'secret' })).toMatchObject({ nodes: { Plant: {} } });
    const servedCa = await client.send('/sim/ca', { method: 'GET', body: '' });
    expect(servedCa.text).toBe(ca);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each([
    [{ CANARY_SIMULATOR_RPS: 'many', CANARY_SIMULATOR_PORT: '-1' }, ['CANARY_SIMULATOR_RPS', 'CANARY_SIMULATOR_PORT']],
    [{ CANARY_SIMULATOR_TLS: 'false', CANARY_SIMULATOR_API_TOKEN: 'secret' }, ['CANARY_SIMULATOR_TLS']],
    [{ CANARY_SIMULATOR_HISTORIANS: ',' }, ['CANARY_SIMULATOR_HISTORIANS']],
  ])('EP-07 a configuration %j that cannot be used ends it with status 78', async (env, named) => {
    const child = start(env);
    if (child.stderr === null) throw new Error('no standard error');
    const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(status).toBe(78);
    for (const name of named) expect(said).toContain(name);
    expect(said).not.toContain('secret');
  });
});
