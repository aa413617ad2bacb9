import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolveRedis } from '@uns/local-servers';
import { eventually } from '@uns/local-servers/testing';
import type { WriteJob } from '@uns/uns';
import { canaryIdOf, writeJob, writeTag } from './testing/write-jobs.ts';
import { writerRig } from './testing/writer-rig.ts';

const tags = Array.from({ length: 10 }, (_, i) => i + 1);
const versions = ['first', 'second', 'third'];

const jobOf = (tag: number, version: number): WriteJob =>
  writeJob([
    writeTag(tag, { properties: [['engUnit', `2026-01-01T00:00:0${version}.0000000Z`, versions[version] ?? '']] }),
  ]);

/** A Redis that keeps what it has written down, as in production, and may be killed. */
async function ownRedis() {
  const dataDir = await mkdtemp(join(tmpdir(), 'uns-storm-'));
  const server = await resolveRedis({ own: true, dataDir, appendOnly: true });
  return {
    server,
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

describe('E6 writers in a storm', () => {
  it('TC-31 E6 ends with the last value of each tag and each value once, whatever is killed and whatever is lost', async () => {
    const redis = await ownRedis();
    await using rig = await writerRig({ tags: tags.map(canaryIdOf), redis });
    const env = {
      CANARY_RETRY_BASE_MS: '20',
      CANARY_BREAKER_OPEN_MS: '1000',
      CANARY_BREAKER_RAMP_MS: '300',
      WRITER_STALLED_AFTER_MS: '1000',
      WRITER_CONCURRENCY: '4',
    };
    await rig.canary.setFaults([
      { kind: 'serverError', share: 0.3, paths: ['/api/v1/storeData'] },
      { kind: 'lostAnswer', share: 0.2, paths: ['/api/v1/storeData'] },
      { kind: 'slow', ms: 60, store: 'late', share: 0.5, paths: ['/api/v1/storeData'] },
    ]);
    const pods = [rig.startWriter(env), rig.startWriter(env)];

    // What cdc does: one delivery per tag at a time, the same again when it was put off, the next value when it was acknowledged.
    const outstanding = new Map(tags.map((tag) => [tag, { version: 0, job: jobOf(tag, 0) }]));
    await rig.writes.add([...outstanding.values()].map(({ job }) => job));
    let acknowledged = 0;
    const goOn = async (): Promise<void> => {
      for (const [tag, { version, job }] of outstanding) {
        const outcome = rig.receipts.get(job.deliveryId)?.outcomes[0]?.outcome;
        if (outcome === undefined) continue;
        const next = outcome === 'delivered' ? version + 1 : version;
        if (next === versions.length) outstanding.delete(tag);
        else {
          const again = { version: next, job: jobOf(tag, next) };
          await rig.writes.add([again.job]);
          outstanding.set(tag, again);
        }
        // Only now: without Redis the job cannot be added, and the same outcome is looked at again.
        if (outcome === 'delivered') acknowledged += 1;
      }
    };
    const until = (count: number) =>
      eventually(
        async () => {
          await goOn();
          expect(acknowledged).toBeGreaterThanOrEqual(count);
        },
        { timeoutMs: 40_000, intervalMs: 50 },
      );

    await until(5);
    await pods[0]?.end('SIGKILL');
    rig.startWriter(env);
    await until(10);
    await redis.server.kill();
    await redis.server.restart({ keepData: true });
    await until(15);
    await pods[1]?.end('SIGKILL');
    rig.startWriter(env);
    await until(20);
    await rig.canary.clearFaults();
    await until(tags.length * versions.length);
    expect(outstanding.size).toBe(0);

    for (const tag of tags) {
      const { properties } = await rig.canary.history(canaryIdOf(tag));
      expect(properties['engUnit']?.map(({ value }) => value)).toEqual(versions);
    }
    expect(await rig.canary.stats()).toMatchObject({
      points: tags.length * versions.length,
      conflictingWrites: 0,
      staleWrites: 0,
      tvqs: 0,
      noDataPoints: 0,
      unknownTagWrites: 0,
    });
  });
});
