import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolveRedis } from '@uns/local-servers';
import { eventually, testRedis } from '@uns/local-servers/testing';
import { Registry, silentLogger } from '@uns/service';
import type { WriteJob } from '@uns/uns';
import { writeJob } from '../testing/write-job.ts';
import { connectRedis } from '../redis/connections.ts';
import { JobQueue } from './job-queue.ts';
import { JobWorker, type JobEnd, type JobHandler, type JobWorkerOptions } from './job-worker.ts';
import { writeQueue } from './queue-definition.ts';

const done: JobEnd = { end: 'done', summary: { delivered: 1 } };

async function workers(url: string, handlers: JobHandler<WriteJob>[], options: Partial<JobWorkerOptions> = {}) {
  const redis = await connectRedis(url, () => undefined);
  const queue = new JobQueue(writeQueue, { redis, prefix: 'uns', logger: silentLogger });
  const registry = new Registry();
  const all = handlers.map(
    (handle, i) =>
      new JobWorker(queue, handle, {
        redisUrl: url,
        prefix: 'uns',
        concurrency: 1,
        registry: i === 0 ? registry : new Registry(),
        logger: silentLogger,
        ...options,
      }),
  );
  await Promise.all(all.map((worker) => worker.ready()));
  const [first] = all;
  if (first === undefined) throw new Error('no handler');
  return {
    first,
    queue,
    redis,
    /** Jobs of the first worker that ended so. */
    count: async (result: string): Promise<number> => {
      const values = (await registry.getSingleMetric('uns_queue_worked_total')?.get())?.values ?? [];
      return values.find(({ labels }) => labels['result'] === result)?.value ?? 0;
    },
    job: (job: WriteJob) => queue.bull.getJob(job.deliveryId),
    [Symbol.asyncDispose]: async () => {
      for (const worker of all) {
        worker.giveUp('test over');
        await worker.stop(AbortSignal.timeout(5000));
      }
      await queue.close();
      redis.disconnect();
    },
  };
}

describe('JobWorker', () => {
  it('hands jobs over and shows people their progress, log and summary', async () => {
    await using server = await testRedis();
    const job = writeJob();
    await using w = await workers(server.url, [
      async (payload, context) => {
        await context.progress({ tags: payload.tags.length });
        await context.log('one tag written');
        return done;
      },
    ]);
    await w.queue.add([job]);
    await eventually(async () => expect(await w.count('done')).toBe(1));
    const ended = await w.job(job);
    expect(ended).toMatchObject({ progress: { tags: 1 }, returnvalue: { delivered: 1 }, attemptsMade: 1 });
    expect(await w.queue.bull.getJobLogs(job.deliveryId)).toMatchObject({ logs: ['one tag written'] });
  });

  it.each([
    ['a field is missing', (job: WriteJob) => ({ ...job, tags: undefined })],
    ['the version is another', (job: WriteJob) => ({ ...job, v: 2 })],
    ['it is the payload of another job', () => writeJob()],
  ])('CT-03 refuses a payload for good when %s, counts it, and goes on', async (_, spoil) => {
    await using server = await testRedis();
    const handled: string[] = [];
    await using w = await workers(server.url, [
      (payload) => {
        handled.push(payload.deliveryId);
        return Promise.resolve(done);
      },
    ]);
    const [bad, good] = [writeJob(), writeJob()];
    await w.queue.bull.add('device', spoil(bad), { jobId: bad.deliveryId });
    await w.queue.add([good]);
    await eventually(async () => expect(await w.count('done')).toBe(1));
    expect(handled).toEqual([good.deliveryId]);
    expect(await w.count('invalid')).toBe(1);
    expect(await w.count('failed')).toBe(0);
    const failed = await w.job(bad);
    expect(failed).toMatchObject({ attemptsMade: 1, failedReason: expect.stringContaining('breaks the contract') });
    expect(await failed?.getState()).toBe('failed');
  });

  it('TC-22 returns a job to the head of the queue and burns no attempt', async () => {
    await using server = await testRedis();
    const seen: string[] = [];
    await using w = await workers(server.url, [
      ({ deliveryId }) => {
        seen.push(deliveryId);
        return Promise.resolve(seen.length <= 3 ? { end: 'return', holdMs: 10 } : done);
      },
    ]);
    const [first, second] = [writeJob(), writeJob()];
    await w.queue.add([first, second]);
    await eventually(async () => expect(await w.count('done')).toBe(2));
    expect(seen).toEqual([first, first, first, first, second].map((job) => job.deliveryId));
    expect(await w.job(first)).toMatchObject({ attemptsMade: 1 });
    expect(await w.count('returned')).toBe(3);
  });

  it('TC-22 holds all pods off the queue for a while', async () => {
    await using server = await testRedis();
    await using w = await workers(server.url, [() => Promise.resolve({ end: 'return', holdMs: 500 })]);
    await w.queue.add([writeJob()]);
    await eventually(async () => expect(await w.count('returned')).toBe(1));
    const since = performance.now();
    const taken = Promise.withResolvers<number>();
    await using other = await workers(server.url, [
      () => {
        taken.resolve(performance.now() - since);
        return Promise.resolve(done);
      },
    ]);
    w.first.giveUp('only the other is to go on');
    await w.first.stop(AbortSignal.timeout(5000));
    await eventually(async () => expect(await other.count('done')).toBe(1));
    expect(await taken.promise).toBeGreaterThan(400);
  });

  it('puts a job aside without burning an attempt, while the others go on', async () => {
    await using server = await testRedis();
    const seen: string[] = [];
    await using w = await workers(server.url, [
      ({ deliveryId }) => {
        seen.push(deliveryId);
        return Promise.resolve(seen.length === 1 ? { end: 'delay', ms: 300 } : done);
      },
    ]);
    const [first, second, third] = [writeJob(), writeJob(), writeJob()];
    await w.queue.add([first, second, third]);
    await eventually(async () => expect(await w.count('done')).toBe(3));
    expect(seen).toEqual([first, second, third, first].map((job) => job.deliveryId));
    expect(await w.job(first)).toMatchObject({ attemptsMade: 1 });
    expect(await w.count('delayed')).toBe(1);
  });

  it('tries a job again behind the others when its handler fails', async () => {
    await using server = await testRedis();
    const seen: string[] = [];
    await using w = await workers(server.url, [
      ({ deliveryId }) => {
        seen.push(deliveryId);
        return seen.length === 1 ? Promise.reject(new Error('receipt not added')) : Promise.resolve(done);
      },
    ]);
    const [first, second] = [writeJob(), writeJob()];
    await w.queue.add([first, second]);
    await eventually(async () => expect(await w.count('done')).toBe(2));
    expect(seen).toEqual([first.deliveryId, second.deliveryId, first.deliveryId]);
    expect([await w.count('retried'), await w.count('failed')]).toEqual([1, 0]);
  });

  it('tells the handler when the job is no longer its own, and another gets it', async () => {
    await using server = await testRedis();
    const job = writeJob();
    let runs = 0;
    await using w = await workers(
      server.url,
      [
        async (_, { signal }) => {
          runs += 1;
          if (runs > 1) return done;
          // As if this pod had been frozen: its lock has run out.
          await w.redis.del(w.queue.bull.toKey(`${job.deliveryId}:lock`));
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve());
          });
          return done;
        },
      ],
      { stalledAfterMs: 300 },
    );
    await w.queue.add([job]);
    await eventually(async () => expect(await (await w.job(job))?.getState()).toBe('completed'));
    expect(runs).toBe(2);
    expect(await w.count('stalled')).toBe(1);
  });

  it('stops: takes no more jobs, and those told to give up go back to the queue unharmed', async () => {
    await using server = await testRedis();
    const started = Promise.withResolvers<void>();
    await using w = await workers(server.url, [
      async (_, { signal }) => {
        started.resolve();
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve());
        });
        return { end: 'return', holdMs: 0 };
      },
    ]);
    const [first, second] = [writeJob(), writeJob()];
    await w.queue.add([first, second]);
    await started.promise;
    const stopped = w.first.stop(AbortSignal.timeout(5000));
    w.first.giveUp('stopping');
    await stopped;
    const states = await w.queue.jobStates([first.deliveryId, second.deliveryId]);
    expect([...states.values()]).toEqual(['waiting', 'waiting']);
    expect(await w.job(first)).toMatchObject({ attemptsMade: 0 });
  });

  it('stops at the abort although a handler never ends', async () => {
    await using server = await testRedis();
    const started = Promise.withResolvers<void>();
    const end = Promise.withResolvers<JobEnd>();
    await using w = await workers(server.url, [
      () => {
        started.resolve();
        return end.promise;
      },
    ]);
    await w.queue.add([writeJob()]);
    await started.promise;
    await w.first.stop(AbortSignal.timeout(50));
    expect(w.first.active).toBe(1);
    end.resolve(done);
  });

  it('goes on by itself when Redis comes back', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'uns-worker-'));
    await using server = await resolveRedis({ own: true, dataDir });
    await using w = await workers(server.url, [() => Promise.resolve(done)]);
    await w.queue.add([writeJob()]);
    await eventually(async () => expect(await w.count('done')).toBe(1));
    await server.kill();
    await expect(w.queue.add([writeJob()])).rejects.toThrow(/./);
    await server.restart({ keepData: false });
    await eventually(() => w.queue.add([writeJob()]));
    await eventually(async () => expect(await w.count('done')).toBe(2));
  });
});
