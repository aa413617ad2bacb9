import { describe, expect, it } from '@jest/globals';
import type { TagToWrite } from './tag-to-write.ts';
import { packJob } from './pack-job.ts';
import { writeTag } from './testing/write-jobs.ts';

const toWrite = (number: number, tag = `Secil.Tag${number}`, value = 'rpm'): TagToWrite => {
  const source = writeTag(number, { properties: [['engUnit', '2026-01-01T00:00:00.0000000Z', value]] });
  return { source, tag, properties: source.properties };
};

describe('packJob', () => {
  it('TC-20 keeps to the limits of a request', () => {
    const tags = Array.from({ length: 25 }, (_, i) => toWrite(i));
    const { requests, tooLarge } = packJob(tags, { maxTags: 10, maxBytes: 1_000_000 });
    expect(requests.map((request) => request.length)).toEqual([10, 10, 5]);
    expect(requests.flat()).toEqual(tags);
    expect(tooLarge).toEqual([]);
  });

  it('gives up a tag that is too large by itself, with the reason', () => {
    const { requests, tooLarge } = packJob([toWrite(1), toWrite(2, 'Secil.Big', 'x'.repeat(20_000))], {
      maxTags: 100,
      maxBytes: 10_000,
    });
    expect(requests.flat()).toHaveLength(1);
    expect(tooLarge).toMatchObject([
      { outcome: 'failed', reason: 'TAG_TOO_LARGE', tag: 'Secil.Big', detail: expect.stringContaining('10000') },
    ]);
  });

  it('writes two metrics that lead to one tag one after the other', () => {
    const tags = [toWrite(1, 'Secil.Same'), toWrite(2, 'Secil.Other'), toWrite(3, 'Secil.Same')];
    const { requests } = packJob(tags, { maxTags: 100, maxBytes: 1_000_000 });
    expect(requests.map((request) => request.map(({ source }) => source.metricId))).toEqual([['1', '2'], ['3']]);
  });
});
