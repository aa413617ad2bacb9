import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftovers, SimulatorControl, type SimulatorOptions } from '@uns/canary-simulator';
import { connectRedis, JobQueue, JobWorker, receiptQueue, writeQueue } from '@uns/delivery';
import { eventually, testRedis } from '@uns/local-servers/testing';
import { Registry, silentLogger } from '@uns/service';
import type { Receipt, TagOutcome } from '@uns/uns';
import { Spawned } from './spawned.ts';
import { WriterProcess } from './writer-process.ts';

export const apiToken = 'token-of-this-test';

async function startSimulator(options: SimulatorOptions) {
  const process = new Spawned(
    new URL('simulator-process.ts', import.meta.url),
    [JSON.stringify({ apiTokens: [apiToken], ...options })],
    {},
  );
  const addresses = await eventually(() => {
    const [line] = process.lines;
    if (line === undefined) throw new Error('the simulator does not listen yet');
    return line;
  });
  const of = (name: string): string => String(addresses[name]);
  return { process, control: new SimulatorControl(of('controlUrl')), of };
}

/** A simulator with these tags, the queues, somebody who reads the receipts, and canary-writers as processes. */
export async function writerRig(
  o: {
    tags?: readonly string[];
    simulator?: SimulatorOptions;
    /** One that the test may kill; closed with the rig. */
    redis?: { url: string; [Symbol.asyncDispose](): Promise<void> };
  } = {},
) {
  const redisServer = o.redis ?? (await testRedis());
  const folder = await mkdtemp(join(tmpdir(), 'uns-writer-'));
  const simulator = await startSimulator(o.simulator ?? {});
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, simulator.of('ca'));
  if (o.tags !== undefined) await simulator.control.provision(o.tags);
  const redis = await connectRedis(redisServer.url, () => undefined);
  const queueOptions = { redis, prefix: 'uns', logger: silentLogger };
  const writes = new JobQueue(writeQueue, queueOptions);
  const receiptJobs = new JobQueue(receiptQueue, queueOptions);
  const receipts = new Map<string, Receipt>();
  const reader = new JobWorker(
    receiptJobs,
    (receipt) => {
      receipts.set(receipt.deliveryId, receipt);
      return Promise.resolve({ end: 'done', summary: {} });
    },
    { redisUrl: redisServer.url, prefix: 'uns', concurrency: 20, registry: new Registry(), logger: silentLogger },
  );
  const pods: WriterProcess[] = [];
  return {
    canary: simulator.control,
    writes,
    receipts,
    pods,
    outcomes: (): TagOutcome[] => [...receipts.values()].flatMap((receipt) => receipt.outcomes),
    startWriter(env: Record<string, string> = {}): WriterProcess {
      const pod = new WriterProcess({
        ADMIN_HOST: '127.0.0.1',
        ADMIN_PORT: '0',
        REDIS_URL: redisServer.url,
        CANARY_SAF_BASE_URL: simulator.of('safBaseUrl'),
        CANARY_VIEWS_BASE_URL: simulator.of('viewsBaseUrl'),
        CANARY_CA_FILE: caFile,
        CANARY_API_TOKEN: apiToken,
        CANARY_HISTORIANS: 'localhost',
        ...env,
      });
      pods.push(pod);
      return pod;
    },
    /** E5: whatever a test did, its writers have made no point and left no session open, but those that were killed. */
    async [Symbol.asyncDispose]() {
      await simulator.control.clearFaults();
      await Promise.all(pods.map((pod) => pod.end('SIGTERM')));
      const sessionsLost = pods.filter(({ wasKilled }) => wasKilled).length;
      const left = leftovers(await simulator.control.stats(), { sessionsLost });
      await simulator.process.end('SIGKILL');
      await reader.stop(AbortSignal.timeout(5000));
      await Promise.all([writes.close(), receiptJobs.close()]);
      redis.disconnect();
      await rm(folder, { recursive: true });
      await redisServer[Symbol.asyncDispose]();
      if (left.length > 0) throw new Error(`left behind at Canary: ${left.join(', ')}`);
    },
  };
}
