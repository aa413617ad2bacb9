import { expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { canaryIdOf, writeJob, writeTag } from './testing/write-jobs.ts';
import { writerRig } from './testing/writer-rig.ts';

const numbers = Array.from({ length: 980 }, (_, i) => i + 1);

it('E4 writes each of 980 tags to the one of four datasets that holds it, a late one without help, and none that nobody knows', async () => {
  await using rig = await writerRig({ tags: numbers.map(canaryIdOf), simulator: { tagsPerDataset: 250 } });
  const writer = rig.startWriter();
  const delivered = (count: number) =>
    eventually(() => expect(rig.outcomes().filter(({ outcome }) => outcome === 'delivered')).toHaveLength(count), {
      timeoutMs: 30_000,
      intervalMs: 50,
    });
  await rig.writes.add(
    Array.from({ length: 10 }, (_, i) =>
      writeJob(numbers.slice(98 * i, 98 * (i + 1)).map((number) => writeTag(number))),
    ),
  );
  await delivered(980);

  // Made after the index was read.
  await rig.canary.provision([canaryIdOf(2000)]);
  await rig.writes.add([writeJob([writeTag(2000), writeTag(3000)])]);
  await delivered(981);
  expect(rig.outcomes().at(-1)).toMatchObject({ metricId: '3000', outcome: 'deferred', reason: 'TAG_NOT_FOUND' });

  const stats = await rig.canary.stats();
  const [historian] = Object.values(stats.historians);
  expect(historian?.datasets).toEqual({ Secil: 250, Secil2: 250, Secil3: 250, Secil4: 231 });
  // One property for each tag, where the tag is: no dataset has more than its tags, and all of them together have all.
  expect(stats).toMatchObject({ properties: 981, points: 981, unknownTagWrites: 0, tvqs: 0, noDataPoints: 0 });
  const held = await Promise.all(
    ['Secil.', 'Secil2.', 'Secil3.', 'Secil4.'].map(async (prefix) => {
      const { tags } = await rig.canary.tags({ prefix, limit: 1000 });
      return tags.filter(({ properties }) => Object.keys(properties).length === 1).length;
    }),
  );
  expect(held).toEqual([250, 250, 250, 231]);
  expect(await writer.end('SIGTERM')).toBe(0);
  // E5
  expect((await rig.canary.stats()).sessions).toMatchObject({ opened: 1, revoked: 1, open: 0 });
});
