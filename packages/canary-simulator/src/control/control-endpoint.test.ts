import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type RunningSimulator } from '../simulator.ts';
import { HttpClient } from '../testing/http-client.ts';
import { property } from '../testing/test-canary.ts';
import { SimulatorControl } from './simulator-control.ts';

describe('the control API', () => {
  let simulator: RunningSimulator;
  let control: SimulatorControl;
  let client: HttpClient;

  beforeAll(async () => {
    simulator = await startSimulator({ tls: false, logSize: 50 });
    control = new SimulatorControl(simulator.controlUrl);
    client = new HttpClient(simulator.url);
  });

  beforeEach(async () => control.reset());

  afterAll(async () => {
    client[Symbol.dispose]();
    await simulator.close();
  });

  const problems = async (method: string, path: string, body?: unknown): Promise<string[]> => {
    const answer = await client.send(`/sim/${path}`, { method, body: body ?? '' });
    expect(answer.status).toBe(400);
    const content: { problems: string[] } = JSON.parse(answer.text);
    return content.problems;
  };

  it('is served by the services port as well as by its own', async () => {
    for (const url of [simulator.url, simulator.controlUrl]) {
      expect((await new SimulatorControl(url).stats()).requestsTotal).toBe(0);
    }
  });

  it('every problem of a set of faults is in the answer, and the set is not applied', async () => {
    const faults = [
      { kind: 'serverError', status: 200 },
      { kind: 'slow' },
      { kind: 'flood' },
      { kind: 'hang', count: 0 },
    ];
    const found = await problems('PUT', 'faults', { faults, sed: 1 });
    expect(found.map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['faults.0.status', 'faults.1.ms', 'faults.2.kind', 'faults.3.count']),
    );
    expect(found.join()).toContain('sed');
    expect((await control.faults()).faults).toEqual([]);
  });

  it.each([
    ['PUT', 'faults', '{'],
    ['PUT', 'faults', { faults: [] }],
    ['PUT', 'settings', { requestsPerSecond: 0 }],
    ['PUT', 'settings', { rps: 10 }],
    ['POST', 'reset', { keepEverything: true }],
    ['PUT', 'tags', '{'],
    ['DELETE', 'tags', { tags: ['Secil.nobody'] }],
    ['GET', 'tags?limit=many', undefined],
    ['GET', 'tags?cursor=end', undefined],
    ['GET', 'tags?prefix=a&offset=1', undefined],
    ['GET', 'history', undefined],
    ['GET', 'requests?limit=-1', undefined],
  ])('%s /sim/%s with %j is refused with what is wrong', async (method, path, body) => {
    expect(await problems(method, path, body)).not.toHaveLength(0);
  });

  it('a route nobody knows is not found', async () => {
    for (const [method, path] of [
      ['GET', '/sim'],
      ['POST', '/sim/stats'],
      ['GET', '/sim/ca'],
    ] as const) {
      expect((await client.send(path, { method, body: '' })).status).toBe(404);
    }
  });

  it('shows tags, their history, and what is wrong with a question', async () => {
    await control.provision(['Secil.a', 'Secil.b']);
    const sessionToken = await client.openSession();
    for (const second of [1, 2]) {
      await client.call('v1/storeData', { sessionToken, properties: { 'Secil.a': [property('p', second, second)] } });
    }
    expect(await control.tags({ prefix: 'Secil.a', limit: 5 })).toEqual({
      tags: [{ tag: 'Secil.a', properties: { p: { timestamp: expect.any(String), value: 2, quality: 192 } } }],
      cursor: null,
    });
    expect((await control.history('Secil.a')).properties).toMatchObject({ p: [{ value: 1 }, { value: 2 }] });
    expect(await control.removeTags(['Secil.a'])).toEqual({ removed: 1 });
    expect((await control.tags()).tags).toMatchObject([{ tag: 'Secil.b' }]);
    await expect(control.history('Secil.nobody')).rejects.toMatchObject({ status: 404 });
    await expect(control.provision(['nodataset'])).rejects.toMatchObject({
      status: 400,
      problems: ['"nodataset": the tag has no dataset'],
    });
  });

  it('the log tells when requests arrived, what they held and how they ended, and keeps the newest', async () => {
    const clientIs = await control.requests();
    expect(clientIs).toEqual([]);
    for (let turn = 0; turn < 60; turn++) await client.call('v1/version');
    const sessionToken = await client.openSession();
    const properties = { 'Secil.x': [property('p', 1, 1), property('q', 1, 1)], 'Secil.y': [property('p', 1, 1)] };
    await client.call('v1/storeData', { sessionToken, properties });
    const all = await control.requests({ limit: 1000 });
    expect(all).toHaveLength(50);
    const [login, write] = all.slice(-2);
    expect(write).toMatchObject({
      path: '/api/v1/storeData',
      end: 'answered',
      status: 200,
      statusCode: 'Errors',
      tags: 2,
      properties: 3,
      firstTag: 'Secil.x',
      session: 1,
      faults: [],
    });
    expect(JSON.stringify(all)).not.toContain(sessionToken);
    const arrivals = all.map(({ arrivalMicros }) => arrivalMicros);
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
    expect(Math.abs((arrivals.at(-1) ?? 0) / 1000 - Date.now())).toBeLessThan(10_000);
    expect(await control.requests({ after: login?.number ?? 0 })).toMatchObject([{ path: '/api/v1/storeData' }]);
    expect(await control.requests({ path: '/api/v1/getSessionToken' })).toHaveLength(1);
  });

  it('unknown paths are counted together', async () => {
    for (const path of ['/api/v1/a', '/api/v1/b', '/x']) await client.send(path);
    expect((await control.stats()).requests).toEqual({ other: { 404: 3 } });
  });

  it('a reset keeps what it is told to keep', async () => {
    await control.provision(['Secil.a']);
    const sessionToken = await client.openSession();
    await control.setFaults([{ kind: 'slow', ms: 1 }]);
    await control.reset({ keepTags: true, keepSessions: true, keepFaults: true });
    expect(await control.stats()).toMatchObject({ tags: 1, requestsTotal: 0, sessions: { open: 1 } });
    expect((await control.faults()).faults).toHaveLength(1);
    expect(await client.call('v1/keepAlive', { sessionToken })).toMatchObject({ statusCode: 'Good' });
    await control.reset();
    expect(await control.stats()).toMatchObject({ tags: 0, sessions: { open: 0 } });
    expect((await control.faults()).faults).toHaveLength(0);
  });

  it('a hundred thousand tags are provisioned in one request while calls are answered', async () => {
    const tags = Array.from({ length: 100_000 }, (_, index) => `Portugal.Cement.Maceira.431 - Kiln.TAG_${index}`);
    const provisioned = control.provision(tags, { dataset: 'Secil' });
    expect(await client.call('v1/version')).toMatchObject({ statusCode: 'Good' });
    const sizes = { Secil: 25_000, Secil2: 25_000, Secil3: 25_000, Secil4: 25_000 };
    expect(await provisioned).toEqual({ added: 100_000, existing: 0, datasets: sizes });
  });
});
