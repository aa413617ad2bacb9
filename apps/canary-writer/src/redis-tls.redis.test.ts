import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { tlsRedis } from './testing/tls-redis.ts';
import { canaryIdOf, writeJob, writeTag } from './testing/write-jobs.ts';
import { writerRig } from './testing/writer-rig.ts';

it('EP-07 uses Redis over TLS when its certificate is signed by the given authority, and not at all when it is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'uns-redis-tls-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  const redis = await tlsRedis(folder);
  await using rig = await writerRig({ tags: [canaryIdOf(1)], redis });
  const job = writeJob([writeTag(1)]);
  await rig.writes.add([job]);

  // Neither an authority that did not sign it, nor those of the system.
  const refused = [{ REDIS_CA_FILE: redis.wrongCa }, {}].map((env) =>
    rig.startWriter({ ...env, REDIS_URL: redis.tlsUrl, LOG_LEVEL: 'debug' }),
  );
  for (const writer of refused) {
    await eventually(() =>
      expect(writer.logged('Redis connection error')).toContainEqual(
        expect.objectContaining({
          err: expect.objectContaining({ code: expect.stringMatching(/CERT|SIGNATURE|SELF_SIGNED/) }),
        }),
      ),
    );
  }
  expect(await rig.writes.jobStates([job.deliveryId])).toEqual(new Map([[job.deliveryId, 'waiting']]));
  await Promise.all(refused.map((writer) => writer.end('SIGKILL')));

  const writer = rig.startWriter({ REDIS_URL: redis.tlsUrl, REDIS_CA_FILE: redis.rightCa });
  await eventually(() => expect(rig.outcomes()).toMatchObject([{ outcome: 'delivered' }]));
  expect(await writer.end('SIGTERM')).toBe(0);
});
