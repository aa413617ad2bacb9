import { describe, expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { SimulatorControl } from './control/simulator-control.ts';
import { startSimulator } from './simulator.ts';
import { HttpClient } from './testing/http-client.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { property } from './testing/test-canary.ts';

const login = { historians: ['localhost'], clientId: 'test' };

describe('the simulator on the network', () => {
  it('CT-02 a session over HTTPS, from login to revocation, verified with the exported CA', async () => {
    await using simulator = await startSimulator({ apiTokens: ['secret'] });
    using client = new HttpClient(simulator.url, simulator.ca);
    const control = new SimulatorControl(simulator.controlUrl);
    await control.provision(['Secil.a', 'Secil.b']);
    const settings = { autoWriteNoData: false, extendData: false, clientTimeout: 120_000 };
    const { sessionToken } = await client.call('v1/getSessionToken', { ...login, apiToken: 'secret', settings });
    const properties = { 'Secil.a': [property('engUnit', 1, 'm')], 'Secil.b': [property('engUnit', 1, 'kg')] };
    expect(await client.call('v1/storeData', { sessionToken, properties })).toEqual({ statusCode: 'Good', errors: [] });
    const read = await client.send('/api/v2/getTagProperties', {
      body: { tags: ['Secil.b'] },
      headers: { authorization: 'Bearer secret' },
    });
    expect(JSON.parse(read.text)).toMatchObject({ properties: { 'Secil.b': { engUnit: 'kg' } } });
    await client.call('v1/revokeSessionToken', { sessionToken });
    expect(await control.stats()).toMatchObject({
      requestsTotal: 4,
      requests: { '/api/v1/storeData': { 200: 1 }, '/api/v2/getTagProperties': { 200: 1 } },
      statusCodes: { '/api/v1/storeData': { Good: 1 } },
      status429: 0,
      tvqs: 0,
      noDataPoints: 0,
      unknownTagWrites: 0,
      staleWrites: 0,
      conflictingWrites: 0,
      tags: 2,
      properties: 2,
      maxTagsPerRequest: 2,
      sessions: { open: 0, opened: 1, revoked: 1, expired: 0 },
    });
  });

  it('CT-02 a client that does not trust the CA is not served', async () => {
    await using simulator = await startSimulator();
    using client = new HttpClient(simulator.url);
    await expect(client.call('v1/version')).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  it('CT-02 the certificate is for the names it was asked for', async () => {
    await using simulator = await startSimulator({ certificateHosts: ['canary.plant.example'] });
    const { port } = new URL(simulator.url);
    using client = new HttpClient(`https://localhost:${port}`, simulator.ca);
    expect(await client.call('v1/version')).toMatchObject({ statusCode: 'Good' });
  });

  it('CT-02 API tokens without TLS are a mistake, and refused at start', async () => {
    await expect(startSimulator({ tls: false, apiTokens: ['secret'] })).rejects.toThrow(RangeError);
  });

  it('CT-02 the control port is plain HTTP, over which the right token is as good as none', async () => {
    await using simulator = await startSimulator({ apiTokens: ['secret'] });
    using client = new HttpClient(simulator.controlUrl);
    expect(await client.call('v2/browseStatus', { apiToken: 'secret' })).toMatchObject({ statusCode: 'BadUserToken' });
    expect(await client.call('v1/version')).toMatchObject({ statusCode: 'Good' });
  });

  it('CT-02 HTTP is 200 whatever Canary says; only what does not reach Canary has another status', async () => {
    await using simulator = await startSimulator({ tls: false, maxBodyBytes: 1000 });
    using client = new HttpClient(simulator.url);
    const status = async (path: string, o: Parameters<HttpClient['send']>[1]): Promise<number> =>
      (await client.send(path, o)).status;
    expect(await status('/api/v1/keepAlive', { body: {} })).toBe(200);
    expect(await status('/api/v1/storeData', { body: '{' })).toBe(200);
    expect(await status('/api/v1/version', { headers: { 'content-type': 'text/plain' } })).toBe(200);
    expect(await status('/api/v1/storeTagData', {})).toBe(404);
    expect(await status('/', {})).toBe(404);
    expect(await status('/api/v1/version', { method: 'PUT' })).toBe(405);
    expect(await status('/api/v1/storeData', { body: ' '.repeat(1001) })).toBe(413);
    expect(await status('/api/v1/version?x=1', { body: '' })).toBe(200);
  });

  it('CT-02 a body that is not declared as JSON, or is compressed, is answered with Errors', async () => {
    await using simulator = await startSimulator({ tls: false });
    using client = new HttpClient(simulator.url);
    for (const headers of [{ 'content-type': 'text/plain' }, { 'content-encoding': 'gzip' }]) {
      const answer = await client.send('/api/v1/version', { headers });
      expect(JSON.parse(answer.text)).toMatchObject({ statusCode: 'Errors' });
    }
    const charset = { 'content-type': 'application/json; charset=utf-8' };
    expect(JSON.parse((await client.send('/api/v1/version', { headers: charset })).text)).toMatchObject({
      statusCode: 'Good',
    });
  });

  it('CT-02 sessions expire by the clock of the simulator', async () => {
    const clock = new ManualClock();
    await using simulator = await startSimulator({ tls: false, clock });
    using client = new HttpClient(simulator.url);
    const sessionToken = await client.openSession({ clientTimeout: 120_000 });
    clock.advance(120_000);
    expect(await client.call('v1/keepAlive', { sessionToken })).toMatchObject({ statusCode: 'Good' });
    clock.advance(120_001);
    expect(await client.call('v1/keepAlive', { sessionToken })).toMatchObject({ statusCode: 'BadSessionToken' });
  });

  it('a simulator that cannot have its port leaves nothing behind', async () => {
    await using simulator = await startSimulator({ tls: false });
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ tls: false, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('tells when its historians have ended', async () => {
    const simulator = await startSimulator({ tls: false });
    await simulator.close();
    await expect(simulator.failed).rejects.toMatchObject({ name: 'CanaryThreadError' });
  });

  it('closing does not wait for clients that wait for an answer', async () => {
    const simulator = await startSimulator({ tls: false });
    using client = new HttpClient(simulator.url);
    const control = new SimulatorControl(simulator.controlUrl);
    await control.setFaults([
      { kind: 'hang', count: 1 },
      { kind: 'slow', ms: 60_000 },
    ]);
    const outcomes = Promise.allSettled([
      client.call('v1/version'),
      client.call('v1/version'),
      client.send('/api/v1/version', { headers: { 'content-length': '1000' }, body: '{', timeoutMs: 120_000 }),
    ]);
    await eventually(async () => expect((await control.stats()).requestsTotal).toBe(3));
    await simulator.close();
    for (const { status } of await outcomes) expect(status).toBe('rejected');
  });
});

describe('the cap at the receiver', () => {
  it('TC-21 requests beyond the cap in any one second get 429 and Retry-After, and count as arrivals', async () => {
    const clock = new ManualClock();
    await using simulator = await startSimulator({ tls: false, clock, requestsPerSecond: 3 });
    using client = new HttpClient(simulator.url);
    const control = new SimulatorControl(simulator.controlUrl);
    const statuses: number[] = [];
    for (const waitMs of [0, 300, 300, 300, 99.999, 0.001, 900, 99.999]) {
      clock.advance(waitMs);
      statuses.push((await client.send('/api/v1/version')).status);
    }
    // Arrivals at 0, 300, 600, 900 (the 4th in a second), 999.999 (5th), 1000 (the first has just left), 1900, 1999.999 ms.
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429, 200, 200]);
    expect(await control.stats()).toMatchObject({ maxRequestsPerSecond: 5, status429: 3, requestsPerSecond: 3 });
  });

  it('TC-21 a refused request is told when to come back, and stores nothing', async () => {
    const clock = new ManualClock();
    await using simulator = await startSimulator({ tls: false, clock, requestsPerSecond: 1 });
    using client = new HttpClient(simulator.url);
    const control = new SimulatorControl(simulator.controlUrl);
    await control.provision(['Secil.a']);
    const sessionToken = await client.openSession();
    const body = { sessionToken, properties: { 'Secil.a': [property('p', 1, 1)] } };
    const refused = await client.send('/api/v1/storeData', { body });
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect((await control.stats()).properties).toBe(0);
    clock.advance(1000);
    expect((await client.send('/api/v1/storeData', { body })).status).toBe(200);
  });

  it('TC-21 requests to the control API do not count', async () => {
    const clock = new ManualClock();
    await using simulator = await startSimulator({ tls: false, clock, requestsPerSecond: 2 });
    using client = new HttpClient(simulator.url);
    for (let turn = 0; turn < 5; turn++) await client.send('/sim/stats', { method: 'GET', body: '' });
    await client.call('v1/version');
    await client.call('v1/version');
    expect(await new SimulatorControl(simulator.controlUrl).stats()).toMatchObject({
      requestsTotal: 2,
      maxRequestsPerSecond: 2,
      status429: 0,
    });
  });

  it('TC-21 the cap can be changed while it runs, and a reset begins the count anew', async () => {
    const clock = new ManualClock();
    await using simulator = await startSimulator({ tls: false, clock, requestsPerSecond: 1 });
    using client = new HttpClient(simulator.url);
    const control = new SimulatorControl(simulator.controlUrl);
    await client.call('v1/version');
    await control.updateSettings({ requestsPerSecond: 5 });
    await client.call('v1/version');
    expect((await control.stats()).maxRequestsPerSecond).toBe(2);
    await control.reset();
    await client.call('v1/version');
    expect(await control.stats()).toMatchObject({ maxRequestsPerSecond: 1, requestsTotal: 1, requestsPerSecond: 5 });
  });
});
