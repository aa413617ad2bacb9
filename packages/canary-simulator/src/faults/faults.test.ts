import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { SimulatorControl } from '../control/simulator-control.ts';
import { startSimulator, type RunningSimulator } from '../simulator.ts';
import { HttpClient, type HttpAnswer } from '../testing/http-client.ts';
import { property } from '../testing/test-canary.ts';
import type { FaultInput } from './fault.ts';

// Over TLS as well as in the clear: cutting a connection is done differently.
describe.each([false, true])('faults (TLS: %s)', (tls) => {
  let simulator: RunningSimulator;
  let control: SimulatorControl;
  let client: HttpClient;
  let sessionToken: string;

  beforeAll(async () => {
    simulator = await startSimulator({ tls });
    control = new SimulatorControl(simulator.controlUrl);
    client = new HttpClient(simulator.url, simulator.ca);
  });

  beforeEach(async () => {
    await control.reset();
    await control.provision(['Secil.a', 'Secil.b', 'Secil.c']);
    sessionToken = await client.openSession();
  });

  afterAll(async () => {
    client[Symbol.dispose]();
    await simulator.close();
  });

  const store = (timeoutMs = 10_000): Promise<HttpAnswer> =>
    client.send('/api/v1/storeData', {
      body: { sessionToken, properties: { 'Secil.a': [property('p', 1, 1)], 'Secil.b': [property('p', 1, 1)] } },
      timeoutMs,
    });

  const stored = async (): Promise<number> => (await control.stats()).points;
  const lastRequest = async (): Promise<unknown> => (await control.requests({ limit: 1 })).at(-1);
  const set = (...faults: FaultInput[]): Promise<unknown> => control.setFaults(faults);

  it('TC-22 a 5xx stores nothing, is a page and no envelope, and is in the log with what it was about', async () => {
    await set({ kind: 'serverError', status: 502, count: 1 });
    const answer = await store();
    expect(answer.status).toBe(502);
    expect(answer.headers['content-type']).toContain('html');
    expect(await lastRequest()).toMatchObject({
      path: '/api/v1/storeData',
      end: 'answered',
      status: 502,
      statusCode: null,
      faults: ['serverError'],
      tags: 2,
      properties: 2,
      firstTag: 'Secil.a',
      session: 1,
    });
    expect(await stored()).toBe(0);
    expect((await store()).status).toBe(200);
  });

  it('TC-22 a 5xx may say when to come back', async () => {
    await set({ kind: 'serverError', retryAfterSeconds: 7 });
    expect(await store()).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
  });

  it('TC-31 a hanging call gets no answer and stores nothing', async () => {
    await set({ kind: 'hang' });
    await expect(store(100)).rejects.toThrow('timed out');
    expect(await stored()).toBe(0);
    expect(await lastRequest()).toMatchObject({ end: 'hung', status: null, tags: 2 });
  });

  it('TC-31 a slow call is stored late, even when the client has left', async () => {
    await set({ kind: 'slow', ms: 200 });
    await expect(store(50)).rejects.toThrow('timed out');
    expect(await stored()).toBe(0);
    await eventually(async () => expect(await stored()).toBe(2));
    await eventually(async () => expect(await lastRequest()).toMatchObject({ end: 'abandoned', status: null }));
  });

  it('TC-31 a slow call may be stored at once and answered late', async () => {
    await set({ kind: 'slow', ms: 150, store: 'atOnce' });
    const answer = store();
    await eventually(async () => expect(await stored()).toBe(2), { intervalMs: 5 });
    expect(await lastRequest()).toMatchObject({ end: 'pending' });
    expect((await answer).status).toBe(200);
    const [request] = await control.requests({ limit: 1 });
    expect(request?.durationMicros).toBeGreaterThanOrEqual(149_000);
  });

  it('TC-31 a reset connection stores nothing', async () => {
    await set({ kind: 'reset', count: 1 });
    await expect(store()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await stored()).toBe(0);
    expect(await lastRequest()).toMatchObject({ end: 'reset', status: null });
    expect((await store()).status).toBe(200);
  });

  it.each([
    ['reset', { code: 'ECONNRESET' }],
    ['hang', { message: 'timed out' }],
  ] as const)('TC-31 an answer lost by %s was stored all the same', async (by, error) => {
    await set({ kind: 'lostAnswer', by, count: 1 });
    await expect(store(500)).rejects.toMatchObject(error);
    expect(await stored()).toBe(2);
    expect((await store()).status).toBe(200);
    expect(await control.stats()).toMatchObject({ points: 2, repeatedWrites: 2 });
  });

  it('TC-31 poisoned tags fail the request, with or without their name, until they wear off', async () => {
    await set(
      { kind: 'tagErrors', tags: ['Secil.b'], count: 1 },
      { kind: 'tagErrors', contains: ['cil.a'], namesTag: false },
    );
    const first = JSON.parse((await store()).text);
    expect(first.statusCode).toBe('Errors');
    expect(first.errors).toEqual([expect.not.stringContaining('Secil'), expect.stringContaining('"Secil.b"')]);
    expect(JSON.parse((await store()).text).errors).toHaveLength(1);
    expect(await stored()).toBe(0);
    expect((await control.faults()).faults).toMatchObject([
      { kind: 'tagErrors', fired: 1 },
      { kind: 'tagErrors', fired: 2 },
    ]);
  });

  it('TC-31 the rest of a request with errors is stored where the simulator is told so', async () => {
    await control.updateSettings({ storeRestOnErrors: true });
    await set({ kind: 'tagErrors', tags: ['Secil.b'] });
    expect(JSON.parse((await store()).text)).toMatchObject({ statusCode: 'Errors' });
    expect(await stored()).toBe(1);
    await control.updateSettings({ storeRestOnErrors: false });
  });

  it('TC-31 BadSessionToken ends the session, or only says so', async () => {
    await set({ kind: 'badSessionToken', endsSession: false, count: 1 });
    expect(JSON.parse((await store()).text)).toMatchObject({ statusCode: 'BadSessionToken' });
    expect(JSON.parse((await store()).text)).toMatchObject({ statusCode: 'Good' });
    await set({ kind: 'badSessionToken', count: 1 });
    expect(JSON.parse((await store()).text)).toMatchObject({ statusCode: 'BadSessionToken' });
    await control.clearFaults();
    expect(JSON.parse((await store()).text)).toMatchObject({ statusCode: 'BadSessionToken' });
    expect((await control.stats()).sessions).toMatchObject({ open: 0, dropped: 1 });
  });

  it('TC-21 429 with Retry-After whatever the rate is', async () => {
    await set({ kind: 'tooManyRequests', retryAfterSeconds: 3 });
    expect(await store()).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
    expect(await control.stats()).toMatchObject({ status429: 1, points: 0 });
  });

  it.each([401, 403] as const)('TC-31 %d stores nothing', async (status) => {
    await set({ kind: 'denied', status });
    expect((await store()).status).toBe(status);
    expect(await stored()).toBe(0);
  });

  it('TC-31 malformed JSON is HTTP 200, and stored or not', async () => {
    await set({ kind: 'malformedJson', count: 1 }, { kind: 'malformedJson', stores: true });
    const refused = await store();
    expect(refused.status).toBe(200);
    expect(() => JSON.parse(refused.text)).toThrow(SyntaxError);
    expect(await stored()).toBe(0);
    await store();
    expect(await stored()).toBe(2);
  });

  it('TC-31 any status code of either service can be answered', async () => {
    await set({
      kind: 'statusCode',
      statusCode: 'BadLicense',
      errors: ['no licence'],
      paths: ['/api/v2/browseStatus'],
    });
    expect(await client.call('v2/browseStatus')).toEqual({ statusCode: 'BadLicense', errors: ['no licence'] });
    expect((await store()).status).toBe(200);
  });

  it('TC-31 down for a while: connections are cut and refused, then the same port answers again', async () => {
    const { port } = new URL(simulator.url);
    await set({ kind: 'down', forMs: 300 });
    expect((await control.stats()).down).toBe(true);
    await expect(store()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await control.stats()).toMatchObject({ requestsTotal: 1 });
    await eventually(async () => expect((await control.stats()).down).toBe(false));
    expect(new URL(simulator.url).port).toBe(port);
    expect((await store()).status).toBe(200);
  });

  it('TC-31 down cuts off calls in hand', async () => {
    await set({ kind: 'hang' });
    const inHand = Promise.allSettled([store(60_000)]);
    await eventually(async () => expect(await lastRequest()).toMatchObject({ end: 'hung' }));
    await set({ kind: 'down' });
    expect(await inHand).toMatchObject([{ status: 'rejected', reason: { code: 'ECONNRESET' } }]);
    await control.clearFaults();
    expect((await store()).status).toBe(200);
  });

  it('TC-31 down until it is told otherwise; calls through the control port are cut off meanwhile', async () => {
    await set({ kind: 'down' });
    await expect(store()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    using throughControl = new HttpClient(simulator.controlUrl);
    await expect(throughControl.call('v1/version')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await control.clearFaults();
    expect((await store()).status).toBe(200);
  });

  it('TC-31 the port that shall be shut answers the request for it first', async () => {
    const body = { faults: [{ kind: 'down', forMs: 200 }] };
    expect((await client.send('/sim/faults', { method: 'PUT', body })).status).toBe(200);
    await eventually(async () => expect((await control.stats()).down).toBe(true), { intervalMs: 5 });
    await eventually(async () => expect((await control.stats()).down).toBe(false));
    expect((await store()).status).toBe(200);
  });

  it('faults are shown, replaced and taken away', async () => {
    await control.setFaults([{ kind: 'hang', paths: ['/api/v1/keepAlive'] }], 42);
    expect(await control.faults()).toEqual({
      seed: 42,
      faults: [{ kind: 'hang', paths: ['/api/v1/keepAlive'], share: 1, fired: 0 }],
    });
    await set({ kind: 'denied' });
    expect((await control.faults()).faults).toHaveLength(1);
    expect(await control.clearFaults()).toEqual({ seed: null, faults: [] });
    expect((await store()).status).toBe(200);
  });
});
