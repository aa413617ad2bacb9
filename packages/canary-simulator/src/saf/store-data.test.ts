import { describe, expect, it } from '@jest/globals';
import { at, property, TestCanary } from '../testing/test-canary.ts';

function withTags(options: ConstructorParameters<typeof TestCanary>[0] = {}): { canary: TestCanary; session: string } {
  const canary = new TestCanary(options);
  canary.provision({ tags: ['Secil.a', 'Secil.b', 'Secil.c'] });
  return { canary, session: canary.openSession() };
}

const oneOf = (value: unknown, quality: number): unknown => [{ timestamp: at(1), value, quality }];

describe('storeData', () => {
  it('CT-02 properties of any scalar are stored with their timestamp and quality', () => {
    const { canary, session } = withTags();
    const properties = {
      'Secil.a': [
        property('engUnit', 1, 'm³/h'),
        property('engHigh', 1, 12.5, 192),
        property('enabled', 1, true, 'Bad'),
        property('blank', 1, '', 'No Data'),
        property('nothing', 1, null),
        property('__proto__', 1, 'kept'),
      ],
    };
    expect(canary.storeProperties(session, properties)).toEqual({ statusCode: 'Good', errors: [] });
    const { properties: stored } = JSON.parse(JSON.stringify(canary.history('Secil.a')));
    expect(new Map(Object.entries(stored))).toEqual(
      new Map([
        ['engUnit', oneOf('m³/h', 192)],
        ['engHigh', oneOf(12.5, 192)],
        ['enabled', oneOf(true, 0)],
        ['blank', oneOf('', 0x8000)],
        ['nothing', oneOf(null, 192)],
        ['__proto__', oneOf('kept', 192)],
      ]),
    );
    expect(canary.stats()).toMatchObject({ tags: 3, properties: 6, points: 6, propertyWrites: 6, unknownTagWrites: 0 });
  });

  it.each([
    ['a value that is an object', property('p', 1, {})],
    ['a value that is a list', property('p', 1, [])],
    ['a timestamp without a zone', ['p', '2025-08-26T12:00:00', 1]],
    ['a timestamp that is a number', ['p', 1_756_209_600_000, 1]],
    ['an old "key=value" text', 'p=1'],
    ['a name that is empty', property('', 1, 1)],
    ['a name that is no text', [1, at(1), 1]],
    ['no value', ['p', at(1)]],
    ['too many elements', property('p', 1, 1, 192, 1)],
    ['a quality below 0', property('p', 1, 1, -1)],
    ['a quality above uint16', property('p', 1, 1, 65_536)],
    ['a quality with a fraction', property('p', 1, 1, 1.5)],
    ['a quality of another name', property('p', 1, 1, 'good')],
    ['a quality that is null', property('p', 1, 1, null)],
  ])('CT-02 %s is refused, and the text names the tag', (_what, tuple) => {
    const { canary, session } = withTags();
    const answer = canary.storeProperties(session, { 'Secil.a': [property('fine', 1, 1), tuple] });
    expect(answer.statusCode).toBe('Errors');
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]).toMatch(/^"Secil\.a": properties\[1\]: /);
    expect(canary.stats().properties).toBe(0);
  });

  it.each([
    ['text that is not JSON', '{"sessionToken":'],
    ['a list', []],
    ['a text', '"text"'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
  ])('CT-02 a body of %s is answered with Errors', (_what, body) => {
    expect(new TestCanary().call('v1/storeData', body).statusCode).toBe('Errors');
  });

  it('CT-02 a number beyond a double is refused', () => {
    const { canary, session } = withTags();
    const body = `{"sessionToken":"${session}","properties":{"Secil.a":[["p","${at(1)}",1e999]]}}`;
    expect(canary.call('v1/storeData', body).errors[0]).toContain('finite');
  });

  it.each([
    ['properties', []],
    ['properties', { 'Secil.a': [] }],
    ['properties', { 'Secil.a': { engUnit: 'm' } }],
    ['tvqs', { 'Secil.a': [[at(1)]] }],
    ['annotations', { 'Secil.a': [['someone', at(1)]] }],
    ['property', { 'Secil.a': [property('p', 1, 1)] }],
  ])('CT-02 a malformed or unknown section %s is refused', (section, content) => {
    const { canary, session } = withTags();
    const good = { properties: { 'Secil.b': [property('p', 1, 1)] } };
    const answer = canary.call('v1/storeData', { sessionToken: session, ...good, [section]: content });
    expect(answer.statusCode).toBe('Errors');
    expect(canary.stats().points).toBe(0);
  });

  it('CT-02 a request that stores nothing is refused', () => {
    const { canary, session } = withTags();
    expect(canary.storeProperties(session, {}).statusCode).toBe('Errors');
    expect(canary.call('v1/storeData', { sessionToken: session }).statusCode).toBe('Errors');
  });

  it('CT-02 a request with one bad tag stores nothing, each bad tag is named once', () => {
    const { canary, session } = withTags();
    const answer = canary.storeProperties(session, {
      'Secil.a': [property('p', 1, 1)],
      'Secil.b': [property('p', 1, {}), property('q', 1, {})],
      'Nobody.c': [property('p', 1, 1)],
    });
    expect(answer.statusCode).toBe('Errors');
    expect(answer.errors).toEqual([
      expect.stringContaining('"Secil.b"'),
      '"Nobody.c": dataset "Nobody" does not exist',
    ]);
    expect(canary.stats()).toMatchObject({ points: 0, unknownTagWrites: 0, datasetsCreated: 0 });
  });

  it('CT-02 where the rest is stored on errors, it is', () => {
    const { canary, session } = withTags({ storeRestOnErrors: true });
    const properties = { 'Secil.a': [property('p', 1, 1)], 'Secil.b': [property('p', 1, {})] };
    expect(canary.storeProperties(session, properties).statusCode).toBe('Errors');
    expect(canary.stats()).toMatchObject({ points: 1, properties: 1 });
  });

  it('CT-02 an unknown dataset is created only under autoCreateDatasets', () => {
    const canary = new TestCanary();
    const properties = { 'Test.a': [property('p', 1, 1)] };
    expect(canary.storeProperties(canary.openSession(), properties).statusCode).toBe('Errors');
    expect(canary.call('v1/getDatasets', { historian: 'localhost' })['datasets']).toEqual([]);
    const session = canary.openSession({ autoCreateDatasets: true });
    expect(canary.storeProperties(session, properties).statusCode).toBe('Good');
    expect(canary.call('v1/getDatasets', { historian: 'localhost' })['datasets']).toEqual(['Test']);
    expect(canary.stats()).toMatchObject({ datasetsCreated: 1, unknownTagWrites: 1 });
  });

  it('a write to an unknown tag creates it and is counted, a second one is not', () => {
    const { canary, session } = withTags();
    for (const second of [1, 2]) canary.storeProperties(session, { 'Secil.new': [property('p', second, 1)] });
    const { unknownTagWrites, tags, historians } = canary.stats();
    expect({ unknownTagWrites, tags }).toEqual({ unknownTagWrites: 1, tags: 4 });
    expect(historians['localhost']?.unknownTagWritesByDataset).toEqual({ Secil: 1 });
  });

  it('the same write again leaves history as it is', () => {
    const { canary, session } = withTags();
    const properties = { 'Secil.a': [property('p', 1, 'old')], 'Secil.b': [property('p', 1, 1)] };
    canary.storeProperties(session, properties);
    canary.storeProperties(session, { 'Secil.a': [property('p', 2, 'new')] });
    const before = canary.history('Secil.a');
    expect(canary.storeProperties(session, properties).statusCode).toBe('Good');
    expect(canary.history('Secil.a')).toEqual(before);
    expect(canary.stats()).toMatchObject({ points: 3, repeatedWrites: 2, staleWrites: 0, conflictingWrites: 0 });
  });

  it('TC-22 an older write is dropped without a word and counted', () => {
    const { canary, session } = withTags();
    canary.storeProperties(session, { 'Secil.a': [property('p', 5, 'new')] });
    expect(canary.storeProperties(session, { 'Secil.a': [property('p', 4, 'old')] }).statusCode).toBe('Good');
    expect(canary.stats()).toMatchObject({ points: 1, staleWrites: 1 });
  });

  it('TC-22 another value at the same time is dropped without a word and counted', () => {
    const { canary, session } = withTags();
    canary.storeProperties(session, { 'Secil.a': [property('p', 5, 'first')] });
    expect(canary.storeProperties(session, { 'Secil.a': [property('p', 5, 'second')] }).statusCode).toBe('Good');
    expect(canary.stats()).toMatchObject({ points: 1, conflictingWrites: 1 });
    expect(canary.history('Secil.a')).toMatchObject({ properties: { p: [{ value: 'first' }] } });
  });

  it('under insertReplaceData older writes are inserted and equal times replaced', () => {
    const { canary } = withTags();
    const session = canary.openSession({ insertReplaceData: true });
    for (const [second, value] of [
      [5, 'c'],
      [3, 'a'],
      [5, 'd'],
      [4, 'b'],
    ] as const) {
      canary.storeProperties(session, { 'Secil.a': [property('p', second, value)] });
    }
    const values = [{ value: 'a' }, { value: 'b' }, { value: 'd' }];
    expect(canary.history('Secil.a')).toMatchObject({ properties: { p: values } });
    expect(canary.stats()).toMatchObject({ staleWrites: 0, conflictingWrites: 0, replacedWrites: 1 });
  });

  it('TVQs and annotations are taken and counted', () => {
    const { canary, session } = withTags();
    const tvqs = {
      'Secil.a': [
        [at(1), 5],
        [at(2), 6, 'Good'],
        [at(3), null, 'No Data'],
      ],
    };
    const annotations = {
      'Secil.b': [
        ['someone', at(1), 'text'],
        ['someone', at(2), 'text', at(3)],
      ],
    };
    expect(canary.call('v1/storeData', { sessionToken: session, tvqs, annotations }).statusCode).toBe('Good');
    expect(canary.stats()).toMatchObject({ tvqs: 3, annotations: 2, properties: 0, noDataPoints: 1 });
    expect(canary.history('Secil.a')).toMatchObject({ tvqs: [{ value: 5 }, { value: 6 }, { value: null }] });
  });

  it('several historians each get their copy, and each must know the dataset', () => {
    const canary = new TestCanary({ historians: ['one', 'two'] });
    canary.provision({ tags: ['Secil.a'] });
    canary.provision({ tags: ['Cement.a'], historian: 'two' });
    const both = canary.openSession({}, ['one', 'two']);
    expect(canary.storeProperties(both, { 'Secil.a': [property('p', 1, 1)] }).statusCode).toBe('Good');
    for (const name of ['one', 'two']) {
      expect(canary.history('Secil.a', name)).toMatchObject({ properties: { p: [{ value: 1 }] } });
    }
    expect(canary.storeProperties(both, { 'Cement.a': [property('p', 1, 1)] }).statusCode).toBe('Errors');
    expect(canary.stats()).toMatchObject({ points: 2, historians: { one: { points: 1 }, two: { points: 1 } } });
  });

  it('poisoned tags are refused, with or without their name, as often as they shall be', () => {
    const { canary, session } = withTags();
    const rules = [
      { tags: ['Secil.a'], contains: [], namesTag: true, count: undefined },
      { tags: [], contains: ['.b'], namesTag: false, count: 1 },
    ];
    canary.control({ ask: 'poison', rules });
    const all = {
      'Secil.a': [property('p', 1, 1)],
      'Secil.b': [property('p', 1, 1)],
      'Secil.c': [property('p', 1, 1)],
    };
    const first = canary.storeProperties(session, all, { poison: [0, 1] });
    expect(first.statusCode).toBe('Errors');
    expect(first.errors).toEqual([expect.stringContaining('"Secil.a"'), expect.not.stringContaining('Secil')]);
    const second = canary.storeProperties(session, all, { poison: [0, 1] });
    expect(second.errors).toEqual([expect.stringContaining('"Secil.a"')]);
    expect(canary.storeProperties(session, all, { poison: [] }).statusCode).toBe('Good');
    expect(canary.stats().poisonFired).toEqual([2, 1]);
  });

  it('obsolete tags are refused until they are taken back', () => {
    const { canary, session } = withTags();
    const tags = ['Secil.a'];
    const write = { 'Secil.a': [property('p', 1, 1)] };
    expect(canary.call('v1/obsoleteTags', { sessionToken: session, tags }).statusCode).toBe('Good');
    expect(canary.storeProperties(session, write).errors).toEqual(['"Secil.a": the tag is obsolete']);
    expect(canary.stats()).toMatchObject({ tags: 3, obsoleteTags: 1 });
    expect(canary.call('v1/unobsoleteTags', { sessionToken: session, tags }).statusCode).toBe('Good');
    expect(canary.storeProperties(session, write).statusCode).toBe('Good');
    expect(canary.call('v1/obsoleteTags', { sessionToken: session, tags: ['Secil.no', 'x'] }).statusCode).toBe(
      'Errors',
    );
    expect(canary.call('v1/obsoleteTags', { sessionToken: session }).statusCode).toBe('Errors');
  });
});
