import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { testRedis } from '@uns/local-servers/testing';
import { Registry, silentLogger } from '@uns/service';
import type { WriteJob } from '@uns/uns';
import { writeJob } from '../testing/write-job.ts';
import { connectRedis } from '../redis/connections.ts';
import { JobQueue } from './job-queue.ts';
import { writeQueue } from './queue-definition.ts';
import { exportQueueDepths } from './queue-metrics.ts';

async function openQueue() {
  const server = await testRedis();
  const redis = await connectRedis(server.url, () => undefined);
  const queue = new JobQueue(writeQueue, { redis, prefix: 'uns', logger: silentLogger });
  return {
    redis,
    queue,
    [Symbol.asyncDispose]: async () => {
      await queue.close();
      redis.disconnect();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('JobQueue', () => {
  it('CT-03 adds a job under its delivery id, with the device as its name, and not twice', async () => {
    await using q = await openQueue();
    const job = writeJob();
    await q.queue.add([job]);
    await q.queue.add([{ ...job, createdAt: '2030-01-01T00:00:00Z' }]);
    const found = await q.queue.bull.getJob(job.deliveryId);
    expect(found).toMatchObject({ name: job.device, data: job });
    expect(await q.queue.backlog()).toBe(1);
  });

  it('adds more jobs than fit into one pipeline', async () => {
    await using q = await openQueue();
    await q.queue.add(Array.from({ length: 230 }, () => writeJob()));
    expect(await q.queue.depth()).toMatchObject({ waiting: 230, active: 0, completed: 0 });
  });

  it('tells the state of each job, whatever it is, and names no job that Redis does not have', async () => {
    await using q = await openQueue();
    const keyOf = (type: string): string => q.queue.bull.toKey(type);
    const jobs = Array.from({ length: 7 }, () => writeJob());
    const [waiting, active, delayed, prioritized, completed, failed, withoutData] = jobs.map((job) => job.deliveryId);
    await q.queue.add(jobs);
    const move = async (id: string | undefined, to: (id: string) => Promise<unknown>): Promise<void> => {
      await q.redis.lrem(keyOf('wait'), 1, id ?? '');
      await to(id ?? '');
    };
    await move(active, (id) => q.redis.lpush(keyOf('active'), id));
    await move(delayed, (id) => q.redis.zadd(keyOf('delayed'), 1, id));
    await move(prioritized, (id) => q.redis.zadd(keyOf('prioritized'), 1, id));
    await move(completed, (id) => q.redis.zadd(keyOf('completed'), 1, id));
    await move(failed, (id) => q.redis.zadd(keyOf('failed'), 1, id));
    await q.redis.del(keyOf(withoutData ?? ''));

    const strangers = Array.from({ length: 1200 }, () => randomUUID());
    const states = await q.queue.jobStates([...strangers, ...jobs.map((job) => job.deliveryId)]);
    expect(states).toEqual(
      new Map([
        [waiting, 'waiting'],
        [active, 'active'],
        [delayed, 'delayed'],
        [prioritized, 'prioritized'],
        [completed, 'completed'],
        [failed, 'failed'],
      ]),
    );
  });

  it('OBS-01 exports its depth, and nothing while Redis is away', async () => {
    await using q = await openQueue();
    const registry = new Registry();
    exportQueueDepths(registry, [q.queue]);
    await q.queue.add([writeJob(), writeJob()]);
    expect(await registry.metrics()).toContain('uns_queue_jobs{queue="canary-write",state="waiting"} 2');
    q.redis.disconnect();
    expect(await registry.metrics()).not.toContain('state="waiting"');
  });

  it('refuses jobs at once while Redis is away', async () => {
    await using q = await openQueue();
    q.redis.disconnect();
    const added = q.queue.add([writeJob() satisfies WriteJob]);
    await expect(added).rejects.toThrow(/connection|writeable/i);
  });
});
