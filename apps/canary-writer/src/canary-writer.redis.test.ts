import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { canaryIdOf, writeJob, writeTag } from './testing/write-jobs.ts';
import { apiToken, writerRig } from './testing/writer-rig.ts';

const storeData = '/api/v1/storeData';
const tagNumbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const manyTags = (count: number): string[] => tagNumbers(count).map(canaryIdOf);

describe('TC-20 canary-writer', () => {
  it('TC-20 writes what the job says, and tells what became of each tag', async () => {
    await using rig = await writerRig({ tags: manyTags(2) });
    const writer = rig.startWriter();
    const at = '2026-02-03T04:05:06.1234567Z';
    const delivered = writeTag(1, {
      properties: [
        ['engUnit', at, 'm³/h'],
        ['engHigh', at, 12.5],
        ['enabled', at, true],
        ['serial', at, '9007199254740993'],
        ['gone', at, ''],
      ],
      removed: ['gone'],
    });
    const job = writeJob([delivered, writeTag(2, { deliveredTag: `Secil9.${canaryIdOf(2).slice(6)}` }), writeTag(3)]);
    await rig.writes.add([job]);
    await eventually(() => expect(rig.receipts.size).toBe(1));

    expect(rig.receipts.get(job.deliveryId)).toMatchObject({ v: 1, requests: 1 });
    expect(rig.outcomes()).toMatchObject([
      { metricId: '1', outcome: 'delivered', tag: canaryIdOf(1), removed: ['gone'], properties: delivered.properties },
      { metricId: '2', outcome: 'deferred', reason: 'TAG_MOVED', tag: canaryIdOf(2) },
      { metricId: '3', outcome: 'deferred', reason: 'TAG_NOT_FOUND', tag: null },
    ]);
    const { properties, tvqs } = await rig.canary.history(canaryIdOf(1));
    expect(tvqs).toEqual([]);
    expect(properties).toMatchObject({
      engUnit: [{ timestamp: at, value: 'm³/h', quality: 192 }],
      engHigh: [{ value: 12.5 }],
      enabled: [{ value: true }],
      serial: [{ value: '9007199254740993' }],
      gone: [{ value: '' }],
    });
    expect((await rig.canary.history(canaryIdOf(2))).properties).toEqual({});

    const kept = await rig.writes.bull.getJob(job.deliveryId);
    const summary = { tags: 3, delivered: 1, deferred: 2, failed: 0, requests: 1 };
    expect(kept).toMatchObject({ name: job.device, progress: summary });
    await eventually(async () =>
      expect(await rig.writes.bull.getJob(job.deliveryId)).toMatchObject({ returnvalue: summary }),
    );

    // E7: what an operator sees is in the runbook.
    const runbook = await readFile(new URL('../../../docs/runbooks/canary.md', import.meta.url), 'utf8');
    expect((await writer.metricNames()).filter((name) => !runbook.includes(`\`${name}\``))).toEqual([]);

    expect(await writer.end('SIGTERM')).toBe(0);
    // SEC-03
    expect(JSON.stringify(writer.lines)).not.toContain(apiToken);
    expect(await rig.canary.stats()).toMatchObject({
      tvqs: 0,
      noDataPoints: 0,
      extendedPoints: 0,
      unknownTagWrites: 0,
      sessions: { opened: 1, revoked: 1, open: 0 },
    });
  });

  it('TC-20 writes to the Test dataset and nowhere else in Test mode, and says so', async () => {
    await using rig = await writerRig({ tags: manyTags(1) });
    const writer = rig.startWriter({ CANARY_DATASET_OVERRIDE: 'Test' });
    const job = writeJob([writeTag(1)]);
    await rig.writes.add([job]);
    await eventually(() => expect(rig.outcomes()).toMatchObject([{ outcome: 'delivered' }]));
    expect((await rig.canary.history(canaryIdOf(1))).properties).toEqual({});
    expect((await rig.canary.history(canaryIdOf(1).replace('Secil', 'Test'))).properties).toHaveProperty('engUnit');
    expect(await writer.metric('uns_canary_test_mode')).toBe(1);
    expect(writer.lines).toContainEqual(expect.objectContaining({ msg: expect.stringMatching(/^TEST MODE/) }));
    expect(await rig.writes.bull.getJob(job.deliveryId)).toMatchObject({ progress: { testMode: 'on, dataset Test' } });
  });

  it('E3 delivers 97 of 100 tags; the 3 that Canary refuses end with request and answer', async () => {
    await using rig = await writerRig({ tags: manyTags(100) });
    const poison = [3, 50, 77].map(canaryIdOf);
    await rig.canary.setFaults([{ kind: 'tagErrors', tags: poison, namesTag: false }]);
    rig.startWriter();
    await rig.writes.add([writeJob(tagNumbers(100).map((number) => writeTag(number)))]);
    await eventually(() => expect(rig.receipts.size).toBe(1));

    const [receipt] = rig.receipts.values();
    const failed = rig.outcomes().filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ canaryId }) => canaryId)).toEqual(poison);
    expect(failed[0]).toMatchObject({
      reason: 'REJECTED',
      request: expect.stringContaining('rpm'),
      answer: expect.stringMatching(/./),
    });
    expect(rig.outcomes().filter(({ outcome }) => outcome === 'delivered')).toHaveLength(97);
    expect(receipt?.requests).toBeLessThanOrEqual(1 + 3 * 2 * 7);
    expect(await rig.canary.requests({ path: storeData, limit: 1000 })).toHaveLength(receipt?.requests ?? 0);
    // Bad data says nothing about the health of Canary.
    expect((await rig.canary.stats()).sessions).toMatchObject({ opened: 1 });
  });
});
