import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@uns/local-servers/testing';
import { canaryIdOf, writeJob, writeTag } from './testing/write-jobs.ts';
import { writerRig } from './testing/writer-rig.ts';

const storeData = '/api/v1/storeData';
const revokeSession = '/api/v1/revokeSessionToken';
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('sessions of canary-writer', () => {
  it('E5 revokes its session although all slots are wanted, and although the first tries are refused or have no answer', async () => {
    await using rig = await writerRig({ tags: numbers(600).map(canaryIdOf), simulator: { requestsPerSecond: 40 } });
    const env = { CANARY_RPS_CAP: '40', CANARY_MAX_TAGS_PER_REQUEST: '1' };
    const pods = [rig.startWriter(env), rig.startWriter(env)];
    await rig.writes.add(numbers(120).map((n) => writeJob(numbers(10).map((m) => writeTag(10 * (n % 60) + m)))));
    await eventually(async () => expect((await rig.canary.stats()).sessions).toMatchObject({ open: 2 }), {
      timeoutMs: 20_000,
    });
    await rig.canary.setFaults([
      { kind: 'serverError', count: 1, paths: [revokeSession] },
      { kind: 'hang', count: 1, paths: [revokeSession] },
    ]);
    expect(await pods[0]?.end('SIGTERM')).toBe(0);
    expect(pods[0]?.logged('session with Canary closed')).toMatchObject([{ session: 'revoked' }]);
    expect(await rig.canary.stats()).toMatchObject({ sessions: { open: 1, revoked: 1 }, status429: 0 });
    expect(await pods[1]?.end('SIGTERM')).toBe(0);
    expect((await rig.canary.stats()).sessions).toMatchObject({ open: 0, revoked: 2 });
  });

  it('EP-06 takes the token of a replaced file with the next login, without a restart, and writes none of them to its log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'uns-token-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
    const tokenFile = join(folder, 'token');
    const [oldToken, newToken] = ['old-token-a81f', 'new-token-93c2'];
    const mount = async (token: string): Promise<void> => {
      // As a mounted secret is replaced: in one step, by another file.
      await writeFile(`${tokenFile}.next`, `${token}\n`);
      await rename(`${tokenFile}.next`, tokenFile);
    };
    await mount(oldToken);
    await using rig = await writerRig({ tags: numbers(2).map(canaryIdOf), simulator: { apiTokens: [oldToken] } });
    const writer = rig.startWriter({
      CANARY_API_TOKEN: '',
      CANARY_API_TOKEN_FILE: tokenFile,
      CANARY_RETRY_BASE_MS: '20',
      LOG_LEVEL: 'debug',
    });
    const delivered = (count: number) =>
      eventually(() => expect(rig.outcomes().filter(({ outcome }) => outcome === 'delivered')).toHaveLength(count));
    await rig.writes.add([writeJob([writeTag(1)])]);
    await delivered(1);

    // Canary takes the new one only, and the mount comes later: nothing is lost meanwhile.
    await rig.canary.updateSettings({ apiTokens: [newToken] });
    await rig.canary.setFaults([{ kind: 'badSessionToken', endsSession: true, count: 1, paths: [storeData] }]);
    await rig.writes.add([writeJob([writeTag(2)])]);
    await eventually(async () =>
      expect((await rig.canary.requests({ path: '/api/v1/getSessionToken' })).length).toBeGreaterThan(1),
    );
    expect(await writer.report('/readyz')).toMatchObject({ status: 503 });
    await mount(newToken);
    await delivered(2);

    expect((await rig.canary.stats()).sessions).toMatchObject({ opened: 2, open: 1 });
    expect(writer.logged('started')).toHaveLength(1);
    expect(await writer.end('SIGTERM')).toBe(0);
    const log = JSON.stringify(writer.lines);
    expect(log).not.toContain(oldToken);
    expect(log).not.toContain(newToken);
    expect((await rig.canary.stats()).sessions).toMatchObject({ open: 0 });
  });
});
