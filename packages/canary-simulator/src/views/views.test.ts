import { describe, expect, it } from '@jest/globals';
import { property, TestCanary, type Answer } from '../testing/test-canary.ts';

const tags = [
  'Secil.Portugal.Maceira.Kiln.SHC_CALC',
  'Secil.Portugal.Maceira.Kiln.Speed',
  'Secil.Portugal.Maceira.Flow',
  'Secil.Status',
  'Secil2.Brazil.Adrianopolis.Mill.Speed',
];

function withTags(view: string | null = null): TestCanary {
  const canary = new TestCanary({ view });
  canary.provision({ tags, rollover: false });
  return canary;
}

const browse = (canary: TestCanary, body: object): unknown => canary.call('v2/browseTags', body)['tags'];

describe('Views', () => {
  it('CT-02 browseTags finds the tags under a path, deep or right there', () => {
    const canary = withTags();
    expect(browse(canary, { path: '', deep: true })).toEqual(tags);
    expect(browse(canary, { path: 'Secil', deep: true })).toEqual(tags.slice(0, 4));
    expect(browse(canary, { path: 'Secil' })).toEqual(['Secil.Status']);
    expect(browse(canary, { path: 'Secil.Portugal.Maceira' })).toEqual(['Secil.Portugal.Maceira.Flow']);
    expect(browse(canary, { path: 'Secil.Portugal.Mac', deep: true })).toEqual([]);
    expect(browse(canary, { path: 'Nobody', deep: true })).toEqual([]);
    expect(browse(canary, {})).toEqual([]);
  });

  it('CT-02 browseTags searches for words that must all be there, whatever their case', () => {
    const canary = withTags();
    expect(browse(canary, { deep: true, search: 'speed' })).toEqual([tags[1], tags[4]]);
    expect(browse(canary, { deep: true, search: ' kiln  SPEED ' })).toEqual([tags[1]]);
    expect(browse(canary, { path: 'Secil2', deep: true, search: 'secil2 speed' })).toEqual([tags[4]]);
    expect(browse(canary, { deep: true, search: 'speed nothing' })).toEqual([]);
  });

  it('CT-02 browseTags pages: every tag once, the continuation null at the end', () => {
    const canary = new TestCanary({ tagsPerDataset: 10 });
    const rests = Array.from({ length: 37 }, (_, index) => `Portugal.Tag ${index}`);
    canary.provision({ tags: rests, dataset: 'Secil' });
    const pages: Answer[] = [];
    let continuation: unknown = null;
    do {
      const page = canary.call('v2/browseTags', { deep: true, maxSize: 8, continuation });
      pages.push(page);
      continuation = page['continuation'];
    } while (continuation !== null);
    const sizes = pages.map((page) => (Array.isArray(page['tags']) ? page['tags'].length : -1));
    expect(sizes).toEqual([8, 8, 8, 8, 5]);
    const found = pages.flatMap((page) => page['tags']);
    expect(found).toEqual(rests.map((rest, index) => `Secil${index < 10 ? '' : Math.floor(index / 10) + 1}.${rest}`));
  });

  it('CT-02 a page is 10,000 tags unless told, and a last full page has no continuation', () => {
    const canary = new TestCanary();
    canary.provision({ tags: Array.from({ length: 20_000 }, (_, index) => `t${index}`), dataset: 'Secil' });
    const first = canary.call('v2/browseTags', { deep: true });
    expect(first['tags']).toHaveLength(10_000);
    const second = canary.call('v2/browseTags', { deep: true, continuation: first['continuation'] });
    expect(second['tags']).toHaveLength(10_000);
    expect(second['continuation']).toBeNull();
  });

  it('CT-02 a continuation is good for its own query only, and not after a reset', () => {
    const canary = withTags();
    const query = { path: 'Secil', deep: true, maxSize: 1 };
    const { continuation } = canary.call('v2/browseTags', query);
    expect(canary.call('v2/browseTags', { ...query, continuation }).statusCode).toBe('Good');
    expect(canary.call('v2/browseTags', { ...query, path: 'Secil2', continuation }).statusCode).toBe('Errors');
    expect(canary.call('v2/browseTags', { ...query, continuation: 'made up' }).statusCode).toBe('Errors');
    canary.control({ ask: 'reset', keepTags: true, keepSessions: true, now: canary.now });
    expect(canary.call('v2/browseTags', { ...query, continuation }).statusCode).toBe('Errors');
  });

  it('CT-02 tags that come while a client pages are not lost and none comes twice', () => {
    const canary = new TestCanary();
    canary.provision({ tags: ['Secil.a', 'Secil.b', 'Secil.c'] });
    const first = canary.call('v2/browseTags', { deep: true, maxSize: 2 });
    canary.provision({ tags: ['Secil.d'] });
    const second = canary.call('v2/browseTags', { deep: true, maxSize: 9, continuation: first['continuation'] });
    expect(second['tags']).toEqual(['Secil.c', 'Secil.d']);
  });

  it('CT-02 browseNodes lists datasets and the levels below them', () => {
    const canary = withTags();
    expect(canary.call('v2/browseNodes', { path: '' })['nodes']).toEqual({
      Secil: { fullPath: 'Secil', hasNodes: true, hasTags: true },
      Secil2: { fullPath: 'Secil2', hasNodes: true, hasTags: false },
    });
    expect(canary.call('v2/browseNodes', { path: 'Secil.Portugal' })['nodes']).toEqual({
      Maceira: { fullPath: 'Secil.Portugal.Maceira', hasNodes: true, hasTags: true },
    });
    expect(canary.call('v2/browseNodes', { path: 'Secil.Portugal.Maceira.Kiln' })['nodes']).toEqual({});
    expect(canary.call('v2/browseNodes', { path: 'Nobody' })['nodes']).toEqual({});
  });

  it('CT-02 getTagProperties answers with the newest values, and leaves out tags nobody knows', () => {
    const canary = withTags();
    const session = canary.openSession();
    canary.storeProperties(session, { 'Secil.Status': [property('engUnit', 1, 'm'), property('__proto__', 1, 1)] });
    canary.storeProperties(session, { 'Secil.Status': [property('engUnit', 2, 'km'), property('enabled', 2, true)] });
    const answer = canary.call('v2/getTagProperties', { tags: ['Secil.Status', 'Secil.Nobody', 'Secil2', 'x'] });
    expect(Object.entries(Object.assign({}, answer['properties']))).toEqual([
      ['Secil.Status', JSON.parse('{"engUnit":"km","__proto__":1,"enabled":true}')],
    ]);
  });

  it('CT-02 getTagProperties takes a path and a search instead of tags, not both and not neither', () => {
    const canary = withTags();
    const found = canary.call('v2/getTagProperties', { path: 'Secil', deep: true, search: 'kiln' })['properties'];
    expect(found).toEqual({ 'Secil.Portugal.Maceira.Kiln.SHC_CALC': {}, 'Secil.Portugal.Maceira.Kiln.Speed': {} });
    expect(canary.call('v2/getTagProperties', {}).statusCode).toBe('Errors');
    expect(canary.call('v2/getTagProperties', { path: '', tags: [] }).statusCode).toBe('Errors');
  });

  it('CT-02 the sequence of browseStatus moves with the tag set, not with properties', () => {
    const canary = withTags();
    const sequence = (): unknown => canary.call('v2/browseStatus')['views'];
    const session = canary.openSession();
    const before = sequence();
    expect(before).toEqual({ localhost: { sequence: expect.any(Number) } });
    canary.storeProperties(session, { 'Secil.Status': [property('p', 1, 1)] });
    expect(sequence()).toEqual(before);
    canary.provision({ tags: ['Secil.new'] });
    const added = sequence();
    expect(added).not.toEqual(before);
    canary.call('v1/obsoleteTags', { sessionToken: session, tags: ['Secil.new'] });
    expect(sequence()).not.toEqual(added);
  });

  it('CT-02 browseStatus of a view nobody knows is refused', () => {
    const canary = withTags();
    expect(canary.call('v2/browseStatus', { views: ['localhost'] }).statusCode).toBe('Good');
    expect(canary.call('v2/browseStatus', { views: 'other' }).statusCode).toBe('Errors');
  });

  it('CT-02 obsolete tags are not shown', () => {
    const canary = withTags();
    canary.call('v1/obsoleteTags', { sessionToken: canary.openSession(), tags: ['Secil.Status'] });
    expect(browse(canary, { path: 'Secil' })).toEqual([]);
    expect(canary.call('v2/getTagProperties', { tags: ['Secil.Status'] })['properties']).toEqual({});
  });

  it('CT-02 under a view every path begins with it', () => {
    const canary = withTags('Plant');
    expect(canary.call('v2/browseNodes', {})['nodes']).toEqual({
      Plant: { fullPath: 'Plant', hasNodes: true, hasTags: false },
    });
    expect(canary.call('v2/browseNodes', { path: 'Plant.Secil' })['nodes']).toEqual({
      Portugal: { fullPath: 'Plant.Secil.Portugal', hasNodes: true, hasTags: false },
    });
    expect(browse(canary, { path: 'Plant.Secil' })).toEqual(['Plant.Secil.Status']);
    expect(browse(canary, { path: 'Plant', deep: true })).toHaveLength(5);
    expect(browse(canary, { deep: true })).toHaveLength(5);
    expect(browse(canary, { path: 'Secil', deep: true })).toEqual([]);
    expect(canary.call('v2/getTagProperties', { tags: ['Plant.Secil.Status', 'Secil.Status'] })['properties']).toEqual({
      'Plant.Secil.Status': {},
    });
    expect(canary.call('v2/browseStatus')['views']).toHaveProperty('Plant');
  });

  it.each(['v2/browseNodes', 'v2/browseTags', 'v2/browseStatus', 'v2/getTagProperties'])(
    'CT-02 %s with a wrong token, none, or one over plain HTTP is BadUserToken',
    (path) => {
      const canary = new TestCanary({ apiTokens: ['right'] });
      const body = path === 'v2/getTagProperties' ? { tags: [] } : {};
      expect(canary.call(path, body).statusCode).toBe('BadUserToken');
      expect(canary.call(path, { ...body, apiToken: 'wrong' }).statusCode).toBe('BadUserToken');
      expect(canary.call(path, body, { bearer: 'right', secure: false }).statusCode).toBe('BadUserToken');
      expect(canary.call(path, body, { bearer: 'right' }).statusCode).toBe('Good');
      expect(canary.call(path, { ...body, apiToken: 'right' }).statusCode).toBe('Good');
      expect(canary.call(path, { ...body, sessionToken: 'x' }, { bearer: 'right' }).statusCode).toBe('Errors');
    },
  );
});
