import { describe, expect, it } from '@jest/globals';
import { at, property, TestCanary } from '../testing/test-canary.ts';

describe('control of what is stored', () => {
  it('provisions tags with their dataset, without it, and exactly where they say', () => {
    const canary = new TestCanary({ tagsPerDataset: 2 });
    expect(canary.provision({ tags: ['Secil.a', 'Secil.b', 'Secil.c'] }).content).toEqual({
      added: 3,
      existing: 0,
      datasets: { Secil: 2, Secil2: 1 },
    });
    expect(canary.provision({ tags: ['c', 'd', 'e'], dataset: 'Secil' }).content).toMatchObject({
      added: 2,
      existing: 1,
    });
    expect(canary.provision({ tags: ['Secil.f', 'Secil.a'], rollover: false, datasets: ['Test'] }).content).toEqual({
      added: 1,
      existing: 1,
      datasets: { Secil: 3, Secil2: 2, Secil3: 1, Test: 0 },
    });
  });

  it.each([
    ['no JSON object', []],
    ['an unknown field', { tags: [], tag: 'Secil.a' }],
    ['tags without a dataset', { tags: ['a'] }],
    ['a dataset with a forbidden character', { tags: ['a'], dataset: 'Sec*il' }],
    ['a historian nobody knows', { tags: ['Secil.a'], historian: 'elsewhere' }],
  ])('refuses to provision with %s, and adds nothing', (_what, body) => {
    const canary = new TestCanary();
    const answer = canary.provision(body);
    expect(answer.status).toBe(400);
    expect(answer.content).toEqual({ problems: [expect.any(String)] });
    expect(canary.stats().tags).toBe(0);
  });

  it('names every tag that cannot be provisioned', () => {
    const { content } = new TestCanary().provision({ tags: ['Secil.a', 'b', 'Secil..c'] });
    expect(content).toEqual({ problems: [expect.stringContaining('"b"'), expect.stringContaining('"Secil..c"')] });
  });

  it('removes tags, all or none, and takes them back where they were', () => {
    const canary = new TestCanary({ tagsPerDataset: 1 });
    canary.provision({ tags: ['Secil.a', 'Secil.b'] });
    const remove = (tags: string[]): unknown =>
      canary.control({ ask: 'remove', body: new TextEncoder().encode(JSON.stringify({ tags })), now: canary.now });
    const shown = (): unknown => canary.call('v2/browseTags', { deep: true })['tags'];
    expect(remove(['Secil.a', 'Secil.b'])).toMatchObject({ status: 400 });
    expect(remove(['Secil.a', 'nonsense'])).toMatchObject({ status: 400 });
    expect(shown()).toEqual(['Secil.a', 'Secil2.b']);
    expect(remove(['Secil.a'])).toEqual({ status: 200, content: { removed: 1 } });
    expect(shown()).toEqual(['Secil2.b']);
    expect(canary.provision({ tags: ['Secil3.a'], rollover: false }).content).toMatchObject({ added: 1 });
    expect(canary.provision({ tags: ['Secil.a'] }).content).toMatchObject({ added: 0, existing: 1 });
    expect(shown()).toEqual(['Secil2.b', 'Secil3.a']);
    remove(['Secil3.a']);
    expect(canary.provision({ tags: ['Secil.a'] }).content).toMatchObject({ added: 1 });
    expect(shown()).toEqual(['Secil.a', 'Secil2.b']);
  });

  it('lists tags with the newest point of each property, in pages', () => {
    const canary = new TestCanary({ tagsPerDataset: 2 });
    canary.provision({ tags: ['Secil.a', 'Secil.b', 'Secil.c', 'Other.d'] });
    const session = canary.openSession();
    for (const [second, value] of [
      [1, 'old'],
      [2, 'new'],
    ] as const) {
      canary.storeProperties(session, { 'Secil.b': [property('p', second, value)] });
    }
    const ask = { ask: 'tags', historian: null, prefix: 'Secil', limit: 2 } as const;
    expect(canary.control({ ...ask, cursor: '0:0' }).content).toEqual({
      tags: [
        { tag: 'Secil.a', properties: {} },
        { tag: 'Secil.b', properties: { p: { timestamp: at(2), value: 'new', quality: 192 } } },
      ],
      cursor: '1:0',
    });
    expect(canary.control({ ...ask, cursor: '1:0' }).content).toEqual({
      tags: [{ tag: 'Secil2.c', properties: {} }],
      cursor: null,
    });
    expect(canary.control({ ...ask, historian: 'elsewhere', cursor: '0:0' }).status).toBe(404);
  });

  it('history of a tag nobody knows is not found', () => {
    expect(new TestCanary().control({ ask: 'history', historian: null, tag: 'Secil.a' }).status).toBe(404);
  });

  it('a reset that keeps tags and sessions forgets all else', () => {
    const canary = new TestCanary();
    canary.provision({ tags: ['Secil.a', 'Secil.b'] });
    const session = canary.openSession({ autoWriteNoData: true });
    canary.storeProperties(session, { 'Secil.a': [property('p', 5, 1)], 'Secil.new': [property('p', 5, 1)] });
    canary.control({ ask: 'reset', keepTags: true, keepSessions: true, now: canary.now });
    expect(canary.stats()).toMatchObject({
      tags: 3,
      properties: 0,
      points: 0,
      unknownTagWrites: 0,
      sessions: { open: 1, opened: 1 },
    });
    canary.storeProperties(session, { 'Secil.b': [property('p', 1, 'again')] });
    expect(canary.history('Secil.a')).toMatchObject({ properties: {} });
    expect(canary.history('Secil.b')).toMatchObject({ properties: { p: [{ value: 'again' }] } });
    canary.call('v1/revokeSessionToken', { sessionToken: session });
    expect(canary.stats().noDataPoints).toBe(1);
  });

  it('a session that outlives its tags ends without touching others', () => {
    const canary = new TestCanary();
    canary.provision({ tags: ['Secil.a', 'Secil.b'] });
    const sessionToken = canary.openSession({ autoWriteNoData: true });
    canary.storeProperties(sessionToken, { 'Secil.b': [property('p', 1, 1)] });
    canary.control({ ask: 'reset', keepTags: false, keepSessions: true, now: canary.now });
    canary.provision({ tags: ['Secil.c'] });
    expect(canary.call('v1/revokeSessionToken', { sessionToken }).statusCode).toBe('Good');
    expect(canary.stats()).toMatchObject({ noDataPoints: 0, sessions: { revoked: 1 } });
  });

  it('a reset that keeps nothing leaves nothing, and the sequence moves', () => {
    const canary = new TestCanary();
    canary.provision({ tags: ['Secil.a'] });
    const sessionToken = canary.openSession();
    const before = canary.call('v2/browseStatus')['views'];
    canary.control({ ask: 'reset', keepTags: false, keepSessions: false, now: canary.now });
    expect(canary.stats()).toMatchObject({ tags: 0, sessions: { open: 0, opened: 0 } });
    expect(canary.call('v1/keepAlive', { sessionToken }).statusCode).toBe('BadSessionToken');
    expect(canary.call('v2/browseStatus')['views']).not.toEqual(before);
    canary.provision({ tags: ['Secil.a'] });
    expect(canary.history('Secil.a')).toMatchObject({ properties: {} });
  });
});
