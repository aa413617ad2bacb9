import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, JobQueue, writeQueue } from '@uns/delivery';
import { testRedis } from '@uns/local-servers/testing';
import { healthReport, Registry, silentLogger, startAdminServer } from '@uns/service';
import type { WriteJob } from '@uns/uns';
import { Board } from './board.ts';

const job: WriteJob = {
  v: 1,
  deliveryId: randomUUID(),
  device: 'Secil/Portugal/Cement',
  createdAt: '2026-01-01T00:00:00.0000000Z',
  tags: [{ metricId: '1', canaryId: 'Secil.Portugal.Cement.a', deliveredTag: null, properties: [], removed: [] }],
};

async function boardWithOneJob() {
  const server = await testRedis();
  const redis = await connectRedis(server.url, () => undefined);
  const queue = new JobQueue(writeQueue, { redis, prefix: 'uns', logger: silentLogger });
  await queue.add([job]);
  const board = new Board({ basePath: '/ops/queues', user: 'operator', password: 'right-password' });
  const admin = await startAdminServer({
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    health: () => healthReport({}),
    ready: () => healthReport({}),
    logger: silentLogger,
    register: (app) => board.register(app),
  });
  board.show([queue]);
  return {
    queue,
    ask: (path: string, o: { method?: string; user?: string; password?: string } = {}) => {
      const { method = 'GET', user = 'operator', password = 'right-password' } = o;
      const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
      return fetch(`${admin.url}/ops/queues${path}`, { method, headers: { authorization } });
    },
    root: admin.url,
    close: async () => {
      await admin.close();
      await queue.close();
      redis.disconnect();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('Bull Board', () => {
  let b: Awaited<ReturnType<typeof boardWithOneJob>>;
  beforeAll(async () => {
    b = await boardWithOneJob();
  });
  afterAll(() => b.close());

  it('EP-08 shows nothing without user and password, its data included', async () => {
    for (const path of ['/', '/api/queues', '/api/queues/canary-write/1', '/static/css/main.css']) {
      expect((await fetch(`${b.root}/ops/queues${path}`)).status).toBe(401);
    }
    expect((await b.ask('/', { password: 'wrong-password' })).status).toBe(401);
    expect((await b.ask('/', { user: 'somebody' })).status).toBe(401);
    expect((await fetch(`${b.root}/healthz`)).status).toBe(200);
  });

  it('EP-08 is there under its base path, and shows jobs a person can read', async () => {
    const page = await b.ask('/');
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('/ops/queues/')]);
    const { queues } = (await (await b.ask('/api/queues?activeQueue=canary-write&page=1')).json()) as {
      queues: { name: string; readOnlyMode: boolean; jobs: { name: string; data: WriteJob }[] }[];
    };
    expect(queues).toMatchObject([
      {
        name: 'canary-write',
        readOnlyMode: true,
        jobs: [{ name: 'Secil/Portugal/Cement', data: { tags: [{ canaryId: 'Secil.Portugal.Cement.a' }] } }],
      },
    ]);
  });

  it('EP-08 changes nothing, whoever asks for it', async () => {
    // Every route of Bull Board 9 that changes something.
    const forbidden: [method: string, path: string][] = [
      ...['/pause', '/resume'].map((path): [string, string] => ['PUT', path]),
      ...['obliterate', 'empty', 'pause', 'resume', 'promote', 'concurrency', 'rate-limit', 'rate-limit/release'].map(
        (action): [string, string] => ['PUT', `/canary-write/${action}`],
      ),
      ...['clean/waiting', 'retry/failed'].map((action): [string, string] => ['PUT', `/canary-write/${action}`]),
      ['POST', '/canary-write/add'],
      ...['clean', 'retry', 'promote', 'remove-unprocessed-children'].map((action): [string, string] => [
        'PUT',
        `/canary-write/${job.deliveryId}/${action}`,
      ]),
      ...['delay', 'priority', 'update-data'].map((action): [string, string] => [
        'PATCH',
        `/canary-write/${job.deliveryId}/${action}`,
      ]),
    ];
    for (const [method, path] of forbidden) {
      const answer = await b.ask(`/api/queues${path}`, { method });
      expect([path, answer.ok]).toEqual([path, false]);
    }
    expect(await b.queue.bull.isPaused()).toBe(false);
    expect(await b.queue.bull.getJob(job.deliveryId)).toMatchObject({ data: job });
  });
});
