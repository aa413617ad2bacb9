import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  leftovers,
  SimulatorControl,
  startSimulator,
  type FaultInput,
  type RunningSimulator,
  type SimulatorOptions,
} from '@uns/canary-simulator';
import { eventually } from '@uns/local-servers/testing';
import { createCanaryClient, type CanaryClient } from './client.ts';
import type { CanaryClientOptions } from './client-options.ts';
import type { CanaryFailure } from './outcome.ts';
import type { PropertyWrite } from './properties/property-write.ts';

const never = new AbortController().signal;
const API_TOKEN = 'token-of-this-test';
const at = (second: number): string => `2025-08-26T12:00:${String(second).padStart(2, '0')}.0000000Z`;
const write = (tag: string, value = 'kg', second = 0): ReadonlyMap<string, readonly PropertyWrite[]> =>
  new Map([[tag, [['engUnit', at(second), value]]]]);

interface Setup extends AsyncDisposable {
  readonly client: CanaryClient;
  readonly canary: SimulatorControl;
  requestsTo(path: string): Promise<number>;
}

/** Most tests share one simulator, emptied between them: making its certificate takes longer than a test. */
let shared: RunningSimulator;

beforeAll(async () => {
  shared = await startSimulator({ apiTokens: [API_TOKEN], historians: ['localhost', 'south'] });
});

afterAll(async () => {
  await shared.close();
});

/** A client and a simulator that talk HTTPS, with a token and a certificate of their own. */
async function setup(client: Partial<CanaryClientOptions> = {}, simulator?: Partial<SimulatorOptions>): Promise<Setup> {
  const running = simulator === undefined ? shared : await startSimulator({ apiTokens: [API_TOKEN], ...simulator });
  const canary = new SimulatorControl(running.controlUrl);
  await canary.reset();
  const built = createCanaryClient({
    safBaseUrl: running.safBaseUrl,
    viewsBaseUrl: running.viewsBaseUrl,
    ca: running.ca,
    apiToken: () => API_TOKEN,
    historians: ['localhost'],
    clientId: 'uns-canary-writer-test',
    datasetPrefix: 'Secil',
    admit: async () => undefined,
    attemptTimeoutMs: 5_000,
    session: { loginBackoff: { baseMs: 10, capMs: 20 } },
    ...client,
  });
  return {
    client: built,
    canary,
    async requestsTo(path) {
      return (await canary.requests({ path, limit: 10_000 })).length;
    },
    async [Symbol.asyncDispose]() {
      await canary.clearFaults();
      await built.close({ deadlineMs: 2_000 });
      expect(leftovers(await canary.stats())).toEqual([]);
      if (running !== shared) await running.close();
    },
  };
}

describe('TC-20 writing to Canary', () => {
  it('stores the property, and leaves no point, no new tag and no session behind', async () => {
    await using s = await setup();
    await s.canary.provision(['Secil.Portugal.a']);
    expect(await s.client.storeProperties(write('Secil.Portugal.a'), never)).toEqual({ outcome: 'ok', value: null });
    expect(await s.client.close({ deadlineMs: 5_000 })).toBe('revoked');

    const history = await s.canary.history('Secil.Portugal.a');
    expect(history.properties).toEqual({ engUnit: [{ timestamp: at(0), value: 'kg', quality: 192 }] });
    expect(history.tvqs).toEqual([]);
    expect(await s.canary.stats()).toMatchObject({
      tvqs: 0,
      noDataPoints: 0,
      extendedPoints: 0,
      unknownTagWrites: 0,
      datasetsCreated: 0,
      sessions: { opened: 1, revoked: 1, open: 0 },
    });
  });

  it('the same write twice leaves the history as it is', async () => {
    await using s = await setup();
    await s.canary.provision(['Secil.a']);
    for (let i = 0; i < 3; i++) await s.client.storeProperties(write('Secil.a'), never);
    expect((await s.canary.history('Secil.a')).properties['engUnit']).toHaveLength(1);
  });

  it('a write whose answer was lost, sent again, leaves one point', async () => {
    await using s = await setup();
    await s.canary.provision(['Secil.a']);
    await s.client.storeProperties(write('Secil.a', 'g', 0), never);
    await s.canary.setFaults([{ kind: 'lostAnswer', count: 1, paths: ['/api/v1/storeData'] }]);
    expect(await s.client.storeProperties(write('Secil.a', 'kg', 1), never)).toMatchObject({ outcome: 'connection' });
    expect(await s.client.storeProperties(write('Secil.a', 'kg', 1), never)).toMatchObject({ outcome: 'ok' });
    expect((await s.canary.history('Secil.a')).properties['engUnit']).toMatchObject([{ value: 'g' }, { value: 'kg' }]);
  });

  it('a copy goes to each historian of the session', async () => {
    await using s = await setup({ historians: ['localhost', 'south'] });
    await s.canary.provision(['Secil.a']);
    await s.client.storeProperties(write('Secil.a'), never);
    for (const historian of ['localhost', 'south']) {
      expect((await s.canary.history('Secil.a', historian)).properties).toHaveProperty('engUnit');
    }
  });

  it('what is written reads back through Views', async () => {
    await using s = await setup();
    await s.canary.provision(['Secil.a']);
    await s.client.storeProperties(write('Secil.a', 'm³/h'), never);
    expect(await s.client.views.getTagProperties(['Secil.a', 'Secil.unknown'], never)).toEqual({
      outcome: 'ok',
      value: new Map([['Secil.a', new Map([['engUnit', 'm³/h']])]]),
    });
  });
});

describe('Test mode against Canary', () => {
  it('creates the Test dataset and writes nowhere else', async () => {
    await using s = await setup({ datasetOverride: 'Test' });
    await s.canary.provision(['Secil.a']);
    await expect(s.client.storeProperties(write('Secil.a'), never)).rejects.toThrow('Test mode is on');
    expect((await s.canary.stats()).requestsTotal).toBe(0);
    expect(await s.client.storeProperties(write('Test.a'), never)).toMatchObject({ outcome: 'ok' });
    expect(await s.canary.stats()).toMatchObject({ datasetsCreated: 1, propertyWrites: 1 });
  });

  it('outside it no dataset is created', async () => {
    await using s = await setup();
    expect(await s.client.storeProperties(write('Test.a'), never)).toMatchObject({ outcome: 'errors' });
    expect(await s.canary.stats()).toMatchObject({ datasetsCreated: 0, propertyWrites: 0 });
  });
});

describe('CT-02 sessions', () => {
  it('fifty calls whose session Canary dropped need one login, and all are stored', async () => {
    await using s = await setup();
    const tags = Array.from({ length: 50 }, (_, i) => `Secil.tag ${i}`);
    await s.canary.provision(tags);
    await s.client.storeProperties(write('Secil.tag 0'), never);
    await s.canary.setFaults([
      { kind: 'badSessionToken', count: 1, paths: ['/api/v1/keepAlive', '/api/v1/storeData'] },
    ]);
    const outcomes = await Promise.all(tags.map(async (tag) => s.client.storeProperties(write(tag), never)));
    expect(outcomes.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(await s.requestsTo('/api/v1/getSessionToken')).toBe(2);
    expect((await s.canary.stats()).properties).toBe(50);
  });

  it('an idle session is kept alive, so that Canary does not end it', async () => {
    await using s = await setup({
      sessionTimeoutMs: 600,
      session: { keepAliveAfterMs: 100, keepAliveJitterMs: 20, loginBackoff: { baseMs: 10, capMs: 20 } },
    });
    await s.canary.provision(['Secil.a']);
    await s.client.storeProperties(write('Secil.a'), never);
    await eventually(async () => expect(await s.requestsTo('/api/v1/keepAlive')).toBeGreaterThan(12));
    expect(await s.canary.stats()).toMatchObject({ sessions: { opened: 1, open: 1, expired: 0 } });
  });

  it('a token Canary does not know is said so, once per backoff', async () => {
    await using s = await setup({ apiToken: () => 'wrong-s3cret' });
    const outcome = await s.client.storeProperties(write('Secil.a'), never);
    expect(outcome).toMatchObject({ outcome: 'sessionRefused' });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    expect(await s.client.views.browseNodes('', never)).toMatchObject({ outcome: 'unauthorised' });
  });
});

describe('CT-02 each fault of the service has its outcome', () => {
  const cases: [string, FaultInput, Partial<CanaryFailure>][] = [
    ['5xx', { kind: 'serverError', status: 502 }, { outcome: 'serverFault', status: 502 }],
    [
      '5xx with Retry-After',
      { kind: 'serverError', status: 503, retryAfterSeconds: 2 },
      { outcome: 'serverFault', status: 503, retryAfterMs: 2_000 },
    ],
    ['hang', { kind: 'hang' }, { outcome: 'timeout', afterMs: 300 }],
    ['slow beyond the deadline', { kind: 'slow', ms: 2_000 }, { outcome: 'timeout', afterMs: 300 }],
    ['reset', { kind: 'reset' }, { outcome: 'connection', code: 'ECONNRESET' }],
    ['lost answer', { kind: 'lostAnswer' }, { outcome: 'connection', code: 'ECONNRESET' }],
    ['429', { kind: 'tooManyRequests', retryAfterSeconds: 3 }, { outcome: 'rateLimited', retryAfterMs: 3_000 }],
    ['401', { kind: 'denied', status: 401 }, { outcome: 'unauthorised', detail: 'HTTP 401' }],
    ['403', { kind: 'denied', status: 403 }, { outcome: 'unauthorised', detail: 'HTTP 403' }],
    ['malformed JSON', { kind: 'malformedJson' }, { outcome: 'malformed' }],
    ['BadSessionToken for ever', { kind: 'badSessionToken' }, { outcome: 'badSession' }],
    [
      'Errors for a tag',
      { kind: 'tagErrors', tags: ['Secil.a'] },
      { outcome: 'errors', messages: ['"Secil.a": the property could not be stored'] },
    ],
    ['BadLicense', { kind: 'statusCode', statusCode: 'BadLicense' }, { outcome: 'unlicensed' }],
    ['down', { kind: 'down' }, { outcome: 'connection', code: 'ECONNREFUSED' }],
  ];

  it.each(cases)('%s', async (_name, fault, expected) => {
    await using s = await setup({ attemptTimeoutMs: 300 });
    await s.canary.provision(['Secil.a']);
    // The session is open before the fault, so that the outcome is of the write.
    expect(await s.client.storeProperties(write('Secil.a', 'g', 0), never)).toMatchObject({ outcome: 'ok' });
    await s.canary.setFaults([fault.kind === 'down' ? fault : { ...fault, paths: ['/api/v1/storeData'] }]);
    expect(await s.client.storeProperties(write('Secil.a', 'kg', 1), never)).toMatchObject(expected);
    await s.canary.clearFaults();
    expect(await s.client.storeProperties(write('Secil.a', 'kg', 1), never)).toMatchObject({ outcome: 'ok' });
  });
});

describe('CT-02 the certificate', () => {
  it('of an unknown authority is no connection', async () => {
    await using s = await setup({ ca: undefined });
    expect(await s.client.version(never)).toEqual({
      outcome: 'connection',
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/),
    });
    expect((await s.canary.stats()).requestsTotal).toBe(0);
  });
});

describe('finding tags through Views', () => {
  const keys = Array.from({ length: 95 }, (_, i) => `Portugal.Maceira.area ${i % 7}.tag ${i}`);

  it('in a series for each enterprise, when none is named', async () => {
    await using s = await setup({ datasetPrefix: undefined }, { tagsPerDataset: 2 });
    const ids = ['Secil.a', 'Secil.b', 'Secil.c', 'Acme.a', 'Nobody.a'];
    await s.canary.provision(ids.slice(0, 4));
    const resolved = await s.client.tags.resolve(ids, never);
    expect(ids.map((id) => resolved.get(id))).toMatchObject([
      { outcome: 'found', tag: 'Secil.a' },
      { outcome: 'found', tag: 'Secil.b' },
      { outcome: 'found', tag: 'Secil2.c' },
      { outcome: 'found', tag: 'Acme.a' },
      { outcome: 'notFound' },
    ]);
  });

  it.each([[null], ['Production']])('over rolled-over datasets and pages, under the view %p', async (view) => {
    await using s = await setup(
      { viewPrefix: view ?? undefined, index: { pageSize: 10 } },
      { tagsPerDataset: 30, view },
    );
    await s.canary.provision(keys.map((key) => `Secil.${key}`));
    await s.canary.provision(['SecilOther.x', 'Brasil.y']);
    const ids = keys.map((key) => `Secil.${key}`);
    const resolved = await s.client.tags.resolve(ids, never);
    expect(s.client.index.stats.get('Secil')).toMatchObject({
      tags: 95,
      datasets: ['Secil', 'Secil2', 'Secil3', 'Secil4'],
      conflicts: 0,
      ignored: 0,
    });
    const tags = ids.map((id) => {
      const resolution = resolved.get(id);
      return resolution?.outcome === 'found' ? resolution.tag : 'missing';
    });
    expect(tags.map((tag) => tag.split('.')[0])).toEqual(
      keys.map((_, i) => ['Secil', 'Secil2', 'Secil3', 'Secil4'][Math.floor(i / 30)]),
    );
    expect(await s.client.storeProperties(new Map(tags.map((tag) => [tag, [['p', at(0), 1]]])), never)).toMatchObject({
      outcome: 'ok',
    });
    expect(await s.canary.stats()).toMatchObject({ unknownTagWrites: 0, properties: 95 });
    expect(await s.requestsTo('/api/v2/browseTags')).toBe(10);
  });

  it('a tag that appears later is found, and one that does not exist is not', async () => {
    await using s = await setup({ index: { notFoundTtlMs: 1, pollMs: 1 } });
    await s.canary.provision(['Secil.a']);
    const find = async (id: string): Promise<unknown> => (await s.client.tags.resolve([id], never)).get(id);
    expect(await find('Secil.late tag (1)')).toMatchObject({ outcome: 'notFound' });
    await s.canary.provision(['Secil.late tag (1)']);
    expect(await find('Secil.late tag (1)')).toEqual({ outcome: 'found', tag: 'Secil.late tag (1)' });
    expect(await find('Secil.A')).toMatchObject({ outcome: 'notFound' });
    expect((await s.canary.stats()).unknownTagWrites).toBe(0);
  });

  it('a tag in two datasets is written to the first of the series', async () => {
    await using s = await setup();
    await s.canary.provision(['a'], { dataset: 'Secil2', rollover: false });
    await s.canary.provision(['a'], { dataset: 'Secil', rollover: false });
    expect((await s.client.tags.resolve(['Secil.a'], never)).get('Secil.a')).toEqual({
      outcome: 'ambiguous',
      tag: 'Secil.a',
      alsoIn: ['Secil2.a'],
    });
  });
});
