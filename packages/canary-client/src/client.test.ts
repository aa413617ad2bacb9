import { describe, expect, it } from '@jest/globals';
import { createCanaryClient, type CanaryClient } from './client.ts';
import { ClientOptionsError } from './client-options-error.ts';
import type { CanaryClientOptions } from './client-options.ts';
import { GuardRailError } from './properties/dataset-guard.ts';
import type { PropertyWrite } from './properties/property-write.ts';
import { answer, good, startScriptedServer, type Script, type ScriptedServer } from './testing/scripted-server.ts';

const never = new AbortController().signal;
const at = '2025-08-26T12:00:00.0000000Z';
const write = (tag: string): ReadonlyMap<string, readonly PropertyWrite[]> => new Map([[tag, [['engUnit', at, 'kg']]]]);

const optionsFor = (url: string): CanaryClientOptions => ({
  safBaseUrl: `${url}/api/v1`,
  viewsBaseUrl: `${url}/api/v2`,
  apiToken: () => 'api-token',
  historians: ['historian-a', 'historian-b:55300'],
  clientId: 'uns-canary-writer-0',
  datasetPrefix: 'Secil',
  admit: async () => undefined,
});

interface Setup extends AsyncDisposable {
  readonly client: CanaryClient;
  readonly server: ScriptedServer;
}

/** A service that opens sessions and takes everything. */
const obliging: Script = (request, response) =>
  answer(response, request.path.endsWith('/getSessionToken') ? { ...good, sessionToken: 'session-1' } : good);

async function setup(overrides: Partial<CanaryClientOptions> = {}, script: Script = obliging): Promise<Setup> {
  const server = await startScriptedServer(script);
  const client = createCanaryClient({ ...optionsFor(server.url), allowHttp: true, ...overrides });
  return {
    client,
    server,
    async [Symbol.asyncDispose]() {
      await client.close({ deadlineMs: 1_000 });
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('TC-20 what a write sends', () => {
  it('a login with the settings that leave the time series alone, then properties and nothing else', async () => {
    await using s = await setup();
    expect(await s.client.storeProperties(write('Secil2.Portugal.a'), never)).toEqual({ outcome: 'ok', value: null });
    expect(s.server.bodies('/api/v1/getSessionToken')).toEqual([
      {
        apiToken: 'api-token',
        historians: ['historian-a', 'historian-b:55300'],
        clientId: 'uns-canary-writer-0',
        settings: {
          clientTimeout: 120_000,
          autoWriteNoData: false,
          extendData: false,
          insertReplaceData: false,
          autoCreateDatasets: false,
        },
      },
    ]);
    expect(s.server.bodies('/api/v1/storeData')).toEqual([
      { sessionToken: 'session-1', properties: { 'Secil2.Portugal.a': [['engUnit', at, 'kg', 192]] } },
    ]);
  });

  it('the session is revoked by its token when the client closes', async () => {
    await using s = await setup();
    await s.client.storeProperties(write('Secil.a'), never);
    expect(await s.client.close({ deadlineMs: 1_000 })).toBe('revoked');
    expect(s.server.bodies('/api/v1/revokeSessionToken')).toEqual([{ sessionToken: 'session-1' }]);
    expect(await s.client.storeProperties(write('Secil.a'), never)).toMatchObject({ outcome: 'refused' });
    expect(await s.client.version(never)).toMatchObject({ outcome: 'refused', reason: 'closed' });
  });

  it('nothing to write needs no request', async () => {
    await using s = await setup();
    expect(await s.client.storeProperties(new Map(), never)).toEqual({ outcome: 'ok', value: null });
    expect(s.server.requests).toEqual([]);
  });

  it('more than one request may hold is refused', async () => {
    await using s = await setup();
    const tags = new Map(Array.from({ length: 101 }, (_, i) => [`Secil.${i}`, [['p', at, 1] as const]]));
    expect(await s.client.storeProperties(tags, never)).toMatchObject({ outcome: 'refused', reason: 'tooLarge' });
    const large = new Map([['Secil.a', [['p', at, 'x'.repeat(1_000_000)] as const]]]);
    expect(await s.client.storeProperties(large, never)).toMatchObject({ outcome: 'refused', reason: 'tooLarge' });
    expect(s.server.requests).toEqual([]);
  });

  it('every request of every kind awaits its slot', async () => {
    let slots = 0;
    await using s = await setup({
      admit: async () => {
        slots++;
        return Promise.resolve(undefined);
      },
    });
    await s.client.storeProperties(write('Secil.a'), never);
    await s.client.datasets(never);
    await s.client.version(never);
    await s.client.views.getTagProperties(['Secil.a'], never);
    await s.client.tags.resolve(['Secil.a'], never);
    await s.client.close({ deadlineMs: 1_000 });
    expect(slots).toBe(s.server.requests.length);
    expect(slots).toBe(8);
  });
});

describe('Test mode', () => {
  it('sends nothing for a tag outside the Test dataset, not even a login', async () => {
    await using s = await setup({ datasetOverride: 'Test' });
    const mixed = new Map([...write('Test.a'), ...write('Secil.a')]);
    await expect(s.client.storeProperties(mixed, never)).rejects.toThrow(GuardRailError);
    expect(s.server.requests).toEqual([]);
  });

  it('writes to the Test dataset, which is created', async () => {
    await using s = await setup({ datasetOverride: 'Test' });
    const resolved = await s.client.tags.resolve(['Secil.Portugal.a', 'Secil'], never);
    expect([...resolved.values()]).toEqual([
      { outcome: 'found', tag: 'Test.Portugal.a' },
      { outcome: 'notFound', detail: 'the Canary id has one segment only' },
    ]);
    await s.client.storeProperties(write('Test.Portugal.a'), never);
    expect(s.server.bodies('/api/v1/getSessionToken')).toMatchObject([{ settings: { autoCreateDatasets: true } }]);
    expect(s.client.testMode).toBe(true);
    expect(s.server.requests.map(({ path }) => path)).toEqual(['/api/v1/getSessionToken', '/api/v1/storeData']);
  });

  it('is off by default, and then the Test dataset is one like others', async () => {
    await using s = await setup();
    expect(s.client.testMode).toBe(false);
    expect(await s.client.storeProperties(write('Test.a'), never)).toMatchObject({ outcome: 'ok' });
    expect(s.server.bodies('/api/v1/getSessionToken')).toMatchObject([{ settings: { autoCreateDatasets: false } }]);
  });
});

describe('CT-02 a login that fails', () => {
  it('with Errors does not look like the refusal of a tag', async () => {
    await using s = await setup({}, (_request, response) =>
      answer(response, { statusCode: 'Errors', errors: ['no historian historian-a'] }),
    );
    expect(await s.client.storeProperties(write('Secil.a'), never)).toEqual({
      outcome: 'sessionRefused',
      messages: ['no historian historian-a'],
    });
  });

  it.each([404, 413])('with HTTP %d does not look like the refusal of a request', async (status) => {
    await using s = await setup({}, (_request, response) => answer(response, {}, status));
    expect(await s.client.storeProperties(write('Secil.a'), never)).toMatchObject({ outcome: 'sessionRefused' });
  });

  it.each([401, 403])('with HTTP %d is about the API token', async (status) => {
    await using s = await setup({}, (_request, response) => answer(response, {}, status));
    expect(await s.client.storeProperties(write('Secil.a'), never)).toEqual({
      outcome: 'unauthorised',
      detail: `HTTP ${status}`,
    });
  });

  it.each([[undefined], [''], [7], ['x'.repeat(5_000)]])(
    'a session token like %p is no token',
    async (sessionToken) => {
      await using s = await setup({}, (_request, response) => answer(response, { ...good, sessionToken }));
      expect(await s.client.storeProperties(write('Secil.a'), never)).toMatchObject({ outcome: 'malformed' });
    },
  );

  it('because the API token cannot be read sends nothing', async () => {
    await using s = await setup({
      apiToken: () => {
        throw new Error('no such file');
      },
    });
    expect(await s.client.storeProperties(write('Secil.a'), never)).toMatchObject({
      outcome: 'refused',
      reason: 'noToken',
    });
    expect(s.server.requests).toEqual([]);
  });
});

it('a mounted API token is read anew for each login', async () => {
  let token = 'first';
  let sessions = 0;
  await using s = await setup({ apiToken: () => token }, (request, response) => {
    if (request.path.endsWith('/getSessionToken')) answer(response, { ...good, sessionToken: `session-${++sessions}` });
    else
      answer(
        response,
        request.body.includes('session-1') && sessions === 1 && token === 'second'
          ? { statusCode: 'BadSessionToken' }
          : good,
      );
  });
  await s.client.storeProperties(write('Secil.a'), never);
  token = 'second';
  expect(await s.client.storeProperties(write('Secil.a'), never)).toMatchObject({ outcome: 'ok' });
  expect(s.server.bodies('/api/v1/getSessionToken')).toMatchObject([{ apiToken: 'first' }, { apiToken: 'second' }]);
});

/** Opens a session, unless told otherwise, and sends every other request back as an error. */
const echo: Script = (request, response) =>
  request.path.endsWith('/getSessionToken') && !request.body.includes('refuse')
    ? answer(response, { ...good, sessionToken: 'session-s3cret' })
    : answer(response, { statusCode: 'Errors', errors: [request.body] });

it('SEC-03 whatever a server echoes, no token comes back in an outcome or a report', async () => {
  const reports: unknown[] = [];
  const outcomes: unknown[] = [];
  for (const clientId of ['writer', 'refuse']) {
    await using s = await setup(
      { clientId, apiToken: () => 'api-s3cret', onCall: (report) => reports.push(report) },
      echo,
    );
    outcomes.push(
      await s.client.storeProperties(write('Secil.a'), never),
      await s.client.datasets(never),
      await s.client.views.browseNodes('', never),
      await s.client.tags.resolve(['Secil.a'], never).then((resolved) => [...resolved]),
    );
  }
  expect(JSON.stringify(outcomes)).toContain('[redacted]');
  expect(JSON.stringify([outcomes, reports])).not.toContain('s3cret');
});

it.each([
  ['plain HTTP', { safBaseUrl: 'http://canary.example/api/v1' }],
  ['no historian', { historians: [] }],
  ['an override that names a production dataset', { datasetOverride: 'Secil' }],
])('cannot be built with %s', (_name, wrong) => {
  expect(() => createCanaryClient({ ...optionsFor('https://canary.example'), ...wrong })).toThrow(ClientOptionsError);
});
