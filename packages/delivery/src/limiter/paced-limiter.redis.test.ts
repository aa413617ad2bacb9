import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolveRedis } from '@uns/local-servers';
import { eventually, testRedis } from '@uns/local-servers/testing';
import { Registry, silentLogger, sleep } from '@uns/service';
import type { Redis } from 'ioredis';
import { Fleet } from '../testing/fleet.ts';
import { largestGap, largestWindow } from '../testing/send-recorder.ts';
import { connectRedis } from '../redis/connections.ts';
import { PacedLimiter } from './paced-limiter.ts';

const capRps = 500;

async function pod(url: string, cap = capRps, share = () => 1) {
  const redis = await connectRedis(url, () => undefined);
  // The fleet is not new: not to know when its slots were used would cost each test two seconds.
  const isFirst = await redis.set('slots', 0, 'NX');
  if (isFirst !== null) await redis.zadd('slots:slots', ...Array.from({ length: cap }, (_, i) => [0, i]).flat());
  const registry = new Registry();
  const pacing = { capRps: cap };
  const limiter = new PacedLimiter({ redis, key: 'slots', pacing, share, registry, logger: silentLogger });
  return {
    limiter,
    redis,
    count: async (name: string): Promise<number> => {
      const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
      return values.reduce((sum, { value }) => sum + value, 0);
    },
    [Symbol.asyncDispose]: async () => {
      await limiter.close();
      redis.disconnect();
    },
  };
}

/** Always has `concurrency` requests waiting at each limiter until disposed of; notes the instants of their slots. */
function saturate(limiters: readonly PacedLimiter[], concurrency: number) {
  const stop = new AbortController();
  const used: number[] = [];
  const work = async (limiter: PacedLimiter): Promise<void> => {
    for (;;) {
      const admission = await limiter.admit(stop.signal);
      admission.answered();
      used.push(performance.now());
    }
  };
  const ended = Promise.allSettled(
    limiters.flatMap((limiter) => Array.from({ length: concurrency }, () => work(limiter))),
  );
  return {
    used,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

const loseAllData = (redis: Redis) => redis.flushdb();

describe('PacedLimiter', () => {
  it('keeps the cap in any one second and uses it, while pods are frozen between slot and request, crash and join', async () => {
    await using server = await testRedis();
    await using fleet = await Fleet.start(3, {
      redisUrl: server.url,
      key: 'slots',
      capRps,
      concurrency: 40,
      prepareMs: 60,
    });
    const sent = (atLeast: number) =>
      eventually(() => expect(fleet.recorder.sentAt.length).toBeGreaterThanOrEqual(atLeast));
    await sent(400);
    // Longer than its slots are kept for it: when it goes on, others use them.
    const thaw = fleet.freezeOne();
    await sent(1600);
    thaw();
    await sent(2000);
    fleet.killOne();
    fleet.join();
    await sent(3000);

    const busiest = largestWindow(fleet.recorder.sentAt);
    expect(busiest).toBeLessThanOrEqual(capRps);
    // How much of it is used depends on what else the machine does; alone on it, 99 %.
    expect(busiest).toBeGreaterThan(0.8 * capRps);
  });

  it('keeps the cap when Redis loses all data: nothing is sent for a second', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url);
    await using b = await pod(server.url);
    await using load = saturate([a.limiter, b.limiter], 20);
    const { used } = load;
    await eventually(() => expect(used.length).toBeGreaterThan(600));
    const before = used.length;
    await loseAllData(a.redis);
    await eventually(() => expect(used.length).toBeGreaterThan(before + 600));

    const instants = used.toSorted((x, y) => x - y);
    expect(largestWindow(instants)).toBeLessThanOrEqual(capRps);
    expect(largestGap(instants)).toBeGreaterThan(900);
  });

  it.each([
    ['the pod that was told', 'a'],
    ['another pod', 'b'],
  ] as const)(
    'PROMISE-4 keeps the slot of a request without an answer while the fleet is held back, on %s',
    async (_which, told) => {
      await using server = await testRedis();
      await using a = await pod(server.url, 1);
      await using b = await pod(server.url, 1);
      const admission = await a.limiter.admit();
      expect(admission.leave()).toBe(true);
      const stop = new AbortController();
      const waiting = a.limiter.admit(stop.signal).catch((error: unknown) => error);
      await { a, b }[told].limiter.penalise(60_000);
      const leasedUntil = async () => Number(await a.redis.zscore('slots:slots', '0'));
      for (let renewals = 0, last = await leasedUntil(); renewals < 3; renewals += 1) {
        await eventually(async () => expect(await leasedUntil()).toBeGreaterThan(last));
        last = await leasedUntil();
      }
      stop.abort(new Error('the test is over'));
      expect(await waiting).toMatchObject({ message: 'the test is over' });
      admission.ended();
    },
  );

  it('sends nothing while Redis is away, and keeps the cap when it is back empty', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'uns-limiter-'));
    await using server = await resolveRedis({ own: true, dataDir });
    await using a = await pod(server.url);
    await using load = saturate([a.limiter], 20);
    const { used } = load;
    await eventually(() => expect(used.length).toBeGreaterThan(400));
    await server.kill();
    await eventually(async () => expect(await a.count('uns_canary_slot_redis_failures_total')).toBeGreaterThan(2));
    // Whatever was reserved before is used up by now: slots lie at most 50 ms ahead, and three failures take longer.
    const whileAway = used.length;
    await eventually(async () => expect(await a.count('uns_canary_slot_redis_failures_total')).toBeGreaterThan(4));
    expect(used.length).toBe(whileAway);
    await server.restart({ keepData: false });
    await eventually(() => expect(used.length).toBeGreaterThan(whileAway + 600));

    expect(largestWindow(used)).toBeLessThanOrEqual(capRps);
    expect(largestGap(used)).toBeGreaterThan(1000);
  });

  it('holds the whole fleet back after a 429', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url);
    await using b = await pod(server.url);
    await using load = saturate([b.limiter], 20);
    const usedByB = load.used;
    await eventually(() => expect(usedByB.length).toBeGreaterThan(100));
    const until = performance.now() + 700;
    await a.limiter.penalise(700);
    const before = usedByB.length;
    await eventually(() => expect(usedByB.length).toBeGreaterThan(before + 100));

    // What b held already, at most 50 ms of slots, is still used.
    const duringHold = usedByB.filter((instant) => instant > until - 600 && instant < until - 1);
    expect(duringHold).toEqual([]);
  });

  it('holds itself back after a 429 although Redis is away', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url);
    await a.limiter.admit();
    const disconnected = once(a.redis, 'end');
    a.redis.disconnect();
    await disconnected;
    const since = performance.now();
    await expect(a.limiter.penalise(400)).rejects.toThrow('Connection is closed');
    await a.redis.connect();
    await a.limiter.admit();
    expect(performance.now() - since).toBeGreaterThan(350);
  });

  it('keeps the cap although requests leave and arrive long after their slots, each by another time', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url, 100);
    await using b = await pod(server.url, 100);
    const arrived: number[] = [];
    const stop = new AbortController();
    // The processor is busy, here and at the receiver, which for 200 ms of each second and a half notices nothing, and then all at once.
    // Every 20th request leaves so late that it must not, and every 15th is given up before its answer, while it is still on its way.
    const untilNoticed = (now: number): number => Math.max(0, 200 - (now % 1500));
    const work = async (limiter: PacedLimiter, seed: number): Promise<void> => {
      for (let i = seed; ; i += 1) {
        const admission = await limiter.admit(stop.signal);
        await sleep(i % 20 === 0 ? 700 : (i * 37) % 60, stop.signal);
        if (admission.leave()) {
          if (i % 15 === 0) admission.ended();
          await sleep(untilNoticed(performance.now()), stop.signal);
          arrived.push(performance.now());
          admission.answered();
        }
        admission.ended();
      }
    };
    const ended = Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => work(i % 2 === 0 ? a.limiter : b.limiter, 7 * i)),
    );
    await eventually(() => expect(arrived.length).toBeGreaterThan(300), { timeoutMs: 15_000 });
    stop.abort();
    await ended;
    expect(largestWindow(arrived)).toBeLessThanOrEqual(100);
    expect(largestWindow(arrived)).toBeGreaterThan(70);
    expect(await a.count('uns_canary_slots_total')).toBeGreaterThan(100);
  });

  it('gives slots that nobody used to others', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url, 20);
    await using b = await pod(server.url, 20);
    // a takes its slots and has nobody to use them any more.
    const quitting = new AbortController();
    const quitters = Array.from({ length: 10 }, () => a.limiter.admit(quitting.signal));
    await eventually(async () => expect(await a.count('uns_canary_slots_granted_total')).toBeGreaterThan(0));
    quitting.abort();
    await Promise.allSettled(quitters);
    const since = performance.now();
    for (let i = 0; i < 19; i += 1) (await b.limiter.admit()).answered();
    // With a slot that rests for a second although nobody used it, the last ones would come after it.
    expect(performance.now() - since).toBeLessThan(1300);
  });

  it('lets an urgent request go before all that wait', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url, 5);
    const order: number[] = [];
    const go = async (n: number, urgent: boolean): Promise<void> => {
      (await a.limiter.admit(undefined, { urgent })).answered();
      order.push(n);
    };
    await Promise.all([go(1, false), go(2, false), go(3, true), go(4, false), go(5, true)]);
    expect(order).toEqual([3, 5, 1, 2, 4]);
  });

  it('takes no more slots than it has requests', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url);
    for (let i = 0; i < 20; i += 1) (await a.limiter.admit()).answered();
    expect(await a.count('uns_canary_slots_granted_total')).toBeLessThan(25);
  });

  it('lets a request give up, and all of them when it is closed', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url, 1);
    const stop = new AbortController();
    const quitter = a.limiter.admit(stop.signal);
    const other = a.limiter.admit();
    stop.abort(new Error('stopped'));
    await expect(quitter).rejects.toThrow('stopped');
    const [ended] = await Promise.allSettled([other, a.limiter.close()]);
    expect(ended).toMatchObject({ status: 'rejected', reason: { message: 'the limiter is closed' } });
    await expect(a.limiter.admit()).rejects.toThrow('closed');
  });

  it('keeps small caps too', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url, 10);
    await using b = await pod(server.url, 10);
    await using load = saturate([a.limiter, b.limiter], 5);
    const { used } = load;
    await eventually(() => expect(used.length).toBeGreaterThan(25));
    expect(largestWindow(used)).toBeLessThanOrEqual(10);
    expect(largestWindow(used)).toBeGreaterThanOrEqual(9);
  });

  it('runs at a share of the rate while the fleet recovers from an outage', async () => {
    await using server = await testRedis();
    await using a = await pod(server.url, capRps, () => 0.1);
    await using load = saturate([a.limiter], 20);
    await eventually(() => expect(load.used.length).toBeGreaterThan(50));
    expect(largestWindow(load.used)).toBeLessThanOrEqual(capRps / 10 + 1);
  });
});
