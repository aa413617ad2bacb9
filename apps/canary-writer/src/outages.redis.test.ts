import { describe, expect, it } from '@jest/globals';
import type { FaultInput, LoggedRequest } from '@uns/canary-simulator';
import { eventually } from '@uns/local-servers/testing';
import type { WriteJob } from '@uns/uns';
import { canaryIdOf, writeJob, writeTag } from './testing/write-jobs.ts';
import { writerRig } from './testing/writer-rig.ts';

const storeData = '/api/v1/storeData';
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const oneTagEach = (count: number): WriteJob[] => numbers(count).map((number) => writeJob([writeTag(number)]));
const rigWith = (tags: number) => writerRig({ tags: numbers(tags).map(canaryIdOf) });
type Rig = Awaited<ReturnType<typeof writerRig>>;

/** Short times; attempts, rules and everything else are those of production. */
const quick = {
  CANARY_RETRY_BASE_MS: '20',
  CANARY_BREAKER_OPEN_MS: '1200',
  CANARY_BREAKER_RAMP_MS: '400',
  WRITER_STALLED_AFTER_MS: '1000',
};

const allDelivered = (rig: Rig, count: number) =>
  eventually(() => expect(rig.outcomes().filter(({ outcome }) => outcome === 'delivered')).toHaveLength(count), {
    timeoutMs: 20_000,
    intervalMs: 50,
  });

/** Nothing that waited for Canary counts as a failed attempt of its job. */
async function expectNoAttemptBurned(rig: Rig, jobs: WriteJob[]): Promise<void> {
  for (const job of jobs) {
    await eventually(async () =>
      expect(await rig.writes.bull.getJob(job.deliveryId)).toMatchObject({ attemptsMade: 1 }),
    );
  }
}

/** Write requests, parted where nothing came for `quietMs`. */
function bursts(requests: readonly LoggedRequest[], quietMs: number): LoggedRequest[][] {
  const parts: LoggedRequest[][] = [];
  for (const [i, request] of requests.entries()) {
    const before = requests[i - 1];
    if (before === undefined || request.arrivalMicros - before.arrivalMicros > quietMs * 1000) parts.push([]);
    parts.at(-1)?.push(request);
  }
  return parts;
}

describe('TC-22 canary-writer through outages', () => {
  it('TC-22 repeats a write six times in place, within the ceilings of the schedule, then puts its tags off', async () => {
    await using rig = await rigWith(2);
    await rig.canary.setFaults([{ kind: 'serverError', count: 5, paths: [storeData] }]);
    rig.startWriter(quick);
    const [first, second] = [writeJob([writeTag(1)]), writeJob([writeTag(2)])];
    await rig.writes.add([first]);
    await allDelivered(rig, 1);
    const requests = await rig.canary.requests({ path: storeData });
    expect(requests.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503, 200]);
    const waits = requests.slice(1).map(({ arrivalMicros }, i) => arrivalMicros - (requests[i]?.arrivalMicros ?? 0));
    // The slot, the request itself and a busy machine come on top of the wait.
    const allowanceMs = 1000;
    for (const [i, wait] of waits.entries()) expect(wait / 1000).toBeLessThan(20 * 2 ** i + allowanceMs);
    expect(rig.receipts.get(first.deliveryId)).toMatchObject({ requests: 6 });

    await rig.canary.setFaults([{ kind: 'serverError', paths: [storeData] }]);
    await rig.writes.add([second]);
    await eventually(() =>
      expect(rig.receipts.get(second.deliveryId)).toMatchObject({
        requests: 6,
        outcomes: [{ outcome: 'deferred', reason: 'ATTEMPTS_EXHAUSTED', detail: 'HTTP 503 from Canary' }],
      }),
    );
    await expectNoAttemptBurned(rig, [first, second]);
  });

  it('TC-22 opens the circuit after 20 failures, probes with one request of the fleet, recovers, and loses nothing', async () => {
    await using rig = await rigWith(60);
    await rig.canary.setFaults([{ kind: 'serverError', paths: [storeData] }]);
    const pods = [rig.startWriter(quick), rig.startWriter(quick)];
    const jobs = oneTagEach(60);
    await rig.writes.add(jobs);
    const changes = (event: string) =>
      pods.flatMap((pod) => pod.logged('circuit changed')).filter((line) => line['event'] === event);
    await eventually(() => expect(changes('probe-failed').length).toBeGreaterThan(0), { timeoutMs: 20_000 });
    await rig.canary.setFaults([{ kind: 'slow', ms: 150, paths: [storeData] }]);
    await allDelivered(rig, jobs.length);

    expect(changes('tripped')).toMatchObject([{ phase: 'open', reason: 'consecutive-failures' }]);
    expect(changes('probe-succeeded')).toMatchObject([{ phase: 'recovering' }]);
    const requests = await rig.canary.requests({ path: storeData, limit: 1000 });
    const recovered = requests.findIndex(({ status }) => status === 200);
    const [failures = [], ...failedProbes] = bursts(requests.slice(0, recovered), 700);
    // At most one more for each job in hand when the circuit opened.
    expect(failures.length).toBeGreaterThanOrEqual(20);
    expect(failures.length).toBeLessThanOrEqual(20 + 2 * 32);
    expect(failedProbes.length).toBeGreaterThan(0);
    for (const probe of failedProbes) expect(probe).toHaveLength(1);
    // The probe that succeeded took 150 ms, and had its answer before anybody else sent.
    const [probe, follower] = requests.slice(recovered);
    expect(follower?.arrivalMicros).toBeGreaterThan((probe?.arrivalMicros ?? Infinity) + 145_000);
    await expectNoAttemptBurned(rig, jobs);
  });

  it('TC-22 opens the circuit when 2 % of the requests of a minute end with 5xx, and loses nothing', async () => {
    await using rig = await rigWith(400);
    await rig.canary.setFaults([{ kind: 'serverError', share: 0.05, paths: [storeData] }], 7);
    const pod = rig.startWriter({ ...quick, CANARY_BREAKER_MINIMUM_VOLUME: '100', CANARY_MAX_TAGS_PER_REQUEST: '1' });
    const jobs = numbers(20).map((n) => writeJob(numbers(20).map((m) => writeTag(20 * (n - 1) + m))));
    await rig.writes.add(jobs);
    await eventually(() =>
      expect(pod.logged('circuit changed')[0]).toMatchObject({ phase: 'open', reason: 'server-error-share' }),
    );
    await rig.canary.clearFaults();
    await allDelivered(rig, 400);
    await expectNoAttemptBurned(rig, jobs);
    // Jobs that were given back write some of their tags again: the same point, once in the history.
    expect(await rig.canary.stats()).toMatchObject({ points: 400, conflictingWrites: 0, staleWrites: 0, tvqs: 0 });
  });

  it('CT-02 delivers once, whatever happens to the session, a request or its answer', async () => {
    await using rig = await rigWith(1);
    const faults: FaultInput[][] = [
      [{ kind: 'denied', count: 2, paths: ['/api/v1/getSessionToken'] }],
      [{ kind: 'badSessionToken', count: 1 }],
      [{ kind: 'lostAnswer', count: 1, paths: [storeData] }],
      [{ kind: 'reset', count: 1, paths: [storeData] }],
      [{ kind: 'malformedJson', stores: true, count: 1, paths: [storeData] }],
      [{ kind: 'tooManyRequests', count: 2, retryAfterSeconds: 0, paths: [storeData] }],
    ];
    rig.startWriter(quick);
    const jobs: WriteJob[] = [];
    for (const [i, together] of faults.entries()) {
      await rig.canary.setFaults(together);
      const at = `2026-01-01T00:00:0${i}.0000000Z`;
      const job = writeJob([writeTag(1, { properties: [['engUnit', at, `value ${i}`]] })]);
      jobs.push(job);
      await rig.writes.add([job]);
      await allDelivered(rig, jobs.length);
      expect((await rig.canary.faults()).faults.every(({ fired }) => fired > 0)).toBe(true);
    }
    const { properties } = await rig.canary.history(canaryIdOf(1));
    expect(properties['engUnit']?.map(({ value }) => value)).toEqual(faults.map((_, i) => `value ${i}`));
    await expectNoAttemptBurned(rig, jobs);
    expect(await rig.canary.stats()).toMatchObject({
      points: faults.length,
      tvqs: 0,
      noDataPoints: 0,
      unknownTagWrites: 0,
      conflictingWrites: 0,
    });
  });

  it('TC-31 loses nothing when a writer is killed: another delivers, and the history has no point twice', async () => {
    await using rig = await rigWith(40);
    await rig.canary.setFaults([{ kind: 'slow', ms: 300, store: 'atOnce', paths: [storeData] }]);
    const killed = rig.startWriter({ ...quick, WRITER_CONCURRENCY: '10' });
    await rig.writes.add(oneTagEach(40));
    await eventually(() => expect(rig.receipts.size).toBeGreaterThan(3));
    expect(await killed.end('SIGKILL')).toBeNull();
    await rig.canary.clearFaults();
    rig.startWriter(quick);
    await allDelivered(rig, 40);
    expect(await rig.canary.stats()).toMatchObject({ points: 40, conflictingWrites: 0, staleWrites: 0, tvqs: 0 });
  });

  it('stops while Canary hangs: jobs go back unharmed, the session is revoked, exit 0', async () => {
    await using rig = await rigWith(2);
    await rig.canary.setFaults([{ kind: 'hang', paths: [storeData] }]);
    const writer = rig.startWriter({ ...quick, SHUTDOWN_GRACE_MS: '300' });
    const jobs = oneTagEach(2);
    await rig.writes.add(jobs);
    await eventually(async () => expect(await rig.canary.requests({ path: storeData })).toHaveLength(2));
    expect(await writer.report('/readyz')).toMatchObject({ status: 200 });
    expect(await writer.end('SIGTERM')).toBe(0);
    const states = await rig.writes.jobStates(jobs.map(({ deliveryId }) => deliveryId));
    expect([...states.values()]).toEqual(['waiting', 'waiting']);
    const kept = await rig.writes.bull.getJob(jobs[0]?.deliveryId ?? '');
    expect(kept).toMatchObject({ attemptsMade: 0 });
    expect(await rig.canary.stats()).toMatchObject({ sessions: { opened: 1, revoked: 1, open: 0 } });
  });
});
