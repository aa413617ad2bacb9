import { describe, expect, it } from '@jest/globals';
import { GuardRailError } from '@uns/canary-client';
import type { Sent } from '../request/request-sender.ts';
import type { TagToWrite } from '../tag-to-write.ts';
import { writeTag } from '../testing/write-jobs.ts';
import { storeTags } from './store-tags.ts';

const toWrite = (count: number): TagToWrite[] =>
  Array.from({ length: count }, (_, i) => {
    const source = writeTag(i + 1);
    return { source, tag: source.canaryId, properties: source.properties };
  });

/** A Canary that refuses any request with one of these tags in it, and names them or not. */
async function store(tags: TagToWrite[], poison: ReadonlySet<string>, named: boolean) {
  let requests = 0;
  const outcomes = await storeTags(
    tags,
    (properties) => {
      requests += 1;
      const bad = [...properties.keys()].filter((tag) => poison.has(tag));
      const sent: Sent =
        bad.length === 0
          ? { sent: 'stored' }
          : { sent: 'refused', messages: bad.map((tag) => (named ? `"${tag}": no` : 'no')) };
      return Promise.resolve(sent);
    },
    () => undefined,
  );
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed').map(({ canaryId }) => canaryId);
  const delivered = outcomes.filter(({ outcome }) => outcome === 'delivered').map(({ canaryId }) => canaryId);
  return { outcomes, requests, failed: new Set(failed), delivered: new Set(delivered) };
}

const poisonAt = (tags: TagToWrite[], places: number[]): Set<string> =>
  new Set(places.map((place) => tags[place]?.tag ?? ''));

describe('storeTags', () => {
  it('writes a batch that Canary takes in one request', async () => {
    const { requests, delivered } = await store(toWrite(100), new Set(), true);
    expect([requests, delivered.size]).toEqual([1, 100]);
  });

  it('E3 delivers 97 of 100 tags and finds the 3 that are named in 5 requests', async () => {
    const tags = toWrite(100);
    const poison = poisonAt(tags, [0, 42, 99]);
    const { requests, delivered, failed } = await store(tags, poison, true);
    expect(failed).toEqual(poison);
    expect(delivered.size).toBe(97);
    expect(requests).toBe(5);
  });

  it('E3 delivers 97 of 100 tags and finds the 3 that nobody names within 7 levels', async () => {
    const tags = toWrite(100);
    const poison = poisonAt(tags, [0, 42, 99]);
    const { requests, delivered, failed } = await store(tags, poison, false);
    expect(failed).toEqual(poison);
    expect(delivered.size).toBe(97);
    expect(requests).toBeLessThanOrEqual(1 + 3 * 2 * 7);
  });

  it.each([true, false])('finds every set of poison tags among 9, named: %s', async (named) => {
    const tags = toWrite(9);
    const wrong: unknown[] = [];
    for (let set = 0; set < 2 ** tags.length; set += 1) {
      const poison = new Set(tags.filter((_, i) => (set >> i) % 2 === 1).map(({ tag }) => tag));
      const { failed, delivered, outcomes, requests } = await store(tags, poison, named);
      const exact = tags.every(
        ({ tag }) => failed.has(tag) === poison.has(tag) && delivered.has(tag) !== poison.has(tag),
      );
      if (!exact || outcomes.length !== tags.length || requests > 2 * tags.length) wrong.push({ set, requests });
    }
    expect(wrong).toEqual([]);
  });

  it('keeps request and answer of a refused tag for its dead letter', async () => {
    const [tag] = toWrite(1);
    if (tag === undefined) throw new Error('no tag');
    const { outcomes } = await store([tag], new Set([tag.tag]), true);
    expect(outcomes).toEqual([
      expect.objectContaining({
        outcome: 'failed',
        reason: 'REJECTED',
        tag: tag.tag,
        answer: `"${tag.tag}": no`,
        request: JSON.stringify({ [tag.tag]: tag.properties }),
      }),
    ]);
  });

  it('puts off what could not be sent in all attempts, and only that', async () => {
    const tags = toWrite(4);
    const answers: Sent[] = [
      { sent: 'refused', messages: ['no'] },
      { sent: 'stored' },
      { sent: 'attempts-used', failure: { outcome: 'timeout', afterMs: 10_000 } },
    ];
    const outcomes = await storeTags(
      tags,
      () => Promise.resolve(answers.shift() ?? { sent: 'stored' }),
      () => undefined,
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered', 'deferred', 'deferred']);
    expect(outcomes[3]).toMatchObject({ reason: 'ATTEMPTS_EXHAUSTED', detail: expect.stringContaining('10000 ms') });
  });

  it('gives up a tag that the guard rail holds back, and delivers the others', async () => {
    const tags = toWrite(3);
    const guarded = tags[1]?.tag ?? '';
    const outcomes = await storeTags(
      tags,
      (properties) =>
        properties.has(guarded)
          ? Promise.reject(new GuardRailError(guarded, 'Test mode is on'))
          : Promise.resolve({ sent: 'stored' }),
      () => undefined,
    );
    expect(outcomes.map(({ canaryId, outcome }) => [canaryId, outcome])).toEqual([
      [guarded, 'failed'],
      [tags[0]?.tag, 'delivered'],
      [tags[2]?.tag, 'delivered'],
    ]);
    expect(outcomes[0]).toMatchObject({ reason: 'GUARD_RAIL' });
  });

  it('sends nothing when the guard rail holds back the only tag', async () => {
    const [tag] = toWrite(1);
    let calls = 0;
    const outcomes = await storeTags(
      tag === undefined ? [] : [tag],
      () => {
        calls += 1;
        return Promise.reject(new GuardRailError(tag?.tag ?? '', 'Test mode is on'));
      },
      () => undefined,
    );
    expect([calls, outcomes.length]).toEqual([1, 1]);
  });
});
