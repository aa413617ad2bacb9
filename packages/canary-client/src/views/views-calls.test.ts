import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@uns/service';
import { HttpDoor } from '../http/http-door.ts';
import { answer, good, startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts';
import { ViewsCalls } from './views-calls.ts';

const never = new AbortController().signal;

interface Views extends AsyncDisposable {
  readonly views: ViewsCalls;
  readonly server: ScriptedServer;
}

/** Answers each request with the next of the given bodies, the last one for ever. */
async function viewsAnswering(...bodies: object[]): Promise<Views> {
  let next = 0;
  const server = await startScriptedServer((_request, response) => {
    answer(response, { ...good, ...bodies[Math.min(next++, bodies.length - 1)] });
  });
  const door = new HttpDoor({
    service: 'views',
    baseUrl: server.url,
    allowHttp: true,
    maxSockets: 2,
    attemptTimeoutMs: 5_000,
    maxResponseBytes: 1e6,
    admit: async () => undefined,
    onCall: () => undefined,
    clock: systemClock,
  });
  return {
    server,
    views: new ViewsCalls({ door, apiToken: () => 'api-token' }),
    async [Symbol.asyncDispose]() {
      door.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('CT-02 the read service', () => {
  it('browseTags sends the token and reads one page', async () => {
    await using s = await viewsAnswering({ tags: ['Secil.a', 'Secil.b'], continuation: 'next' });
    const request = { path: 'Secil', deep: true, search: 'a b', maxSize: 2 };
    expect(await s.views.browseTags(request, null, never)).toEqual({
      outcome: 'ok',
      value: { tags: ['Secil.a', 'Secil.b'], continuation: 'next' },
    });
    expect(s.server.bodies('/browseTags')).toEqual([{ apiToken: 'api-token', ...request }]);
  });

  it.each([['next'], [7], [['a', 1, null]]])(
    'sends the continuation %p back as it came, until there is none',
    async (continuation) => {
      await using s = await viewsAnswering(
        { tags: ['Secil.a'], continuation },
        { tags: [], continuation: 'empty pages count too' },
        { tags: ['Secil.b'], continuation: null },
      );
      const pages: string[][] = [];
      const onPage = (tags: readonly string[]): 'more' => {
        pages.push([...tags]);
        return 'more';
      };
      expect(await s.views.eachPage({ path: 'Secil', deep: true }, onPage, never)).toMatchObject({ outcome: 'ok' });
      expect(pages).toEqual([['Secil.a'], [], ['Secil.b']]);
      expect(s.server.bodies('/browseTags')).toEqual([
        { apiToken: 'api-token', path: 'Secil', deep: true },
        { apiToken: 'api-token', path: 'Secil', deep: true, continuation },
        { apiToken: 'api-token', path: 'Secil', deep: true, continuation: 'empty pages count too' },
      ]);
    },
  );

  it('stops paging when the caller has enough', async () => {
    await using s = await viewsAnswering({ tags: ['Secil.a'], continuation: 'next' });
    await s.views.eachPage({ path: 'Secil', deep: true }, () => 'stop', never);
    expect(s.server.requests).toHaveLength(1);
  });

  it('pages that repeat themselves are no endless work', async () => {
    await using s = await viewsAnswering({ tags: ['Secil.a'], continuation: 'again' });
    expect(await s.views.eachPage({ path: 'Secil', deep: true }, () => 'more', never)).toEqual({
      outcome: 'malformed',
      detail: 'the pages of Secil do not end',
    });
    expect(s.server.requests).toHaveLength(2);
  });

  it('browseNodes and browseStatus read maps, whatever their keys are called', async () => {
    const nodes: unknown = JSON.parse('{"__proto__":{"fullPath":"View.__proto__","hasNodes":true,"hasTags":false}}');
    await using s = await viewsAnswering(
      { nodes },
      { views: { All: { sequence: 12, more: true }, B: { sequence: 'x' } } },
    );
    expect(await s.views.browseNodes('View', never)).toEqual({
      outcome: 'ok',
      value: new Map([['__proto__', { fullPath: 'View.__proto__', hasNodes: true, hasTags: false }]]),
    });
    expect(await s.views.browseStatus(['All', 'B'], never)).toEqual({
      outcome: 'ok',
      value: new Map([
        ['All', '12'],
        ['B', 'x'],
      ]),
    });
    expect(s.server.bodies('/browseStatus')).toEqual([{ apiToken: 'api-token', views: ['All', 'B'] }]);
  });

  it('getTagProperties reads scalars, and null for anything else', async () => {
    const properties: unknown = JSON.parse(
      '{"Secil.a":{"__proto__":"x","n":1.5,"b":false,"o":{"deep":1}},"Secil.b":null}',
    );
    await using s = await viewsAnswering({ properties });
    expect(await s.views.getTagProperties(['Secil.a', 'Secil.b'], never)).toEqual({
      outcome: 'ok',
      value: new Map([
        [
          'Secil.a',
          new Map<string, unknown>([
            ['__proto__', 'x'],
            ['n', 1.5],
            ['b', false],
            ['o', null],
          ]),
        ],
        ['Secil.b', new Map()],
      ]),
    });
  });

  it.each([
    ['tags that are no list', { tags: 'Secil.a' }],
    ['tags that are no texts', { tags: [1] }],
    ['a continuation with depth', { tags: [], continuation: [[1]] }],
    ['a continuation that is an object', { tags: [], continuation: { a: 1 } }],
  ])('%s are malformed', async (_name, body) => {
    await using s = await viewsAnswering(body);
    expect(await s.views.browseTags({ path: '', deep: true }, null, never)).toMatchObject({ outcome: 'malformed' });
  });

  it.each([
    ['no nodes', {}],
    ['nodes as a list', { nodes: [] }],
    ['a node without its path', { nodes: { a: {} } }],
  ])('%s are malformed', async (_name, body) => {
    await using s = await viewsAnswering(body);
    expect(await s.views.browseNodes('', never)).toMatchObject({ outcome: 'malformed' });
  });

  it('a view without a sequence is malformed', async () => {
    await using s = await viewsAnswering({ views: { All: {} } });
    expect(await s.views.browseStatus(null, never)).toMatchObject({ outcome: 'malformed' });
  });
});
