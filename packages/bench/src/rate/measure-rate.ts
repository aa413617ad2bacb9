import { SimulatorControl, type SimulatorStats } from '@uns/canary-simulator';
import { resolveRedis } from '@uns/local-servers';
import { eventually } from '@uns/local-servers/testing';
import { sleep } from '@uns/service';
import type { BenchContext } from '../scenario.ts';
import { summariseArrivals } from './arrivals.ts';
import { benchTags, keepBacklog } from './backlog.ts';
import { openQueues } from './queues.ts';
import type { RateOptions } from './rate-options.ts';
import { startSimulatorProcess } from './simulator-process.ts';
import { writerEnvironment } from './writer-environment.ts';
import { WriterFleet, type SlotCounts } from './writer-fleet.ts';

/** Not counted in the mean: the connections of the first requests are new, and programs are being compiled. */
const warmUpSeconds = 2;

// A type, not an interface: an interface is no JSON object to TypeScript.
export type RateResult = {
  capRps: number;
  /** Requests per second that arrived, of every kind. */
  meanRps: number;
  /** The most that arrived in any one second, from the first login on. */
  maxWindow: number;
  status429: number;
  writers: number;
  /** `meanRps` of `capRps`. */
  share: number;
  seconds: number;
  churn: boolean;
  /** R: slots per second of the fleet. */
  slotRps: number;
  longestGapMs: number;
  slots: SlotCounts;
  requestsTotal: number;
  receipts: number;
  tvqs: number;
  noDataPoints: number;
  /** Sessions still open after the writers have stopped, those of a killed one left out. */
  sessionsOpen: number;
};

/** Measures how much of the cap real writers use, and whether they keep it, as the receiver sees it. */
export async function measureRate(o: RateOptions, context: BenchContext): Promise<RateResult> {
  const { progress, folder, signal } = context;
  await using release = new AsyncDisposableStack();
  progress('starting Redis and the simulator');
  const redisServer = release.use(await resolveRedis({ dataDir: folder, appendOnly: true, onProgress: progress }));
  const simulator = release.use(await startSimulatorProcess(o.capRps));
  if (!simulator.preferred)
    progress('not root: the simulator competes for the processor, and may notice arrivals late');
  const canary = new SimulatorControl(simulator.controlUrl);
  await canary.provision(benchTags);
  let receipts = 0;
  const queue = release.use(await openQueues(redisServer.url, () => (receipts += 1)));
  // Ten seconds of work, always.
  const backlogJobs = Math.ceil((10 * o.capRps) / o.requestsPerJob);
  const feeding = new AbortController();
  const fed = keepBacklog(queue.writes, {
    target: backlogJobs,
    tagsPerJob: o.tags * o.requestsPerJob,
    signal: AbortSignal.any([feeding.signal, signal]),
  });
  release.defer(async () => {
    feeding.abort();
    await fed;
  });
  await eventually(async () => {
    if ((await queue.writes.backlog()) < backlogJobs) throw new Error('no backlog yet');
  });

  const fleet = release.use(
    new WriterFleet({
      ...(await writerEnvironment({ redisUrl: redisServer.url, simulator, folder })),
      CANARY_RPS_CAP: String(o.capRps),
      CANARY_MAX_TAGS_PER_REQUEST: String(o.tags),
    }),
  );
  progress(`starting ${o.writers} writers`);
  // All at once, as a deployment starts them: that is when they are busiest.
  await Promise.all(Array.from({ length: o.writers }, () => fleet.join()));
  const fromMicros = 1000 * (await lastArrivalMs(canary)) + warmUpSeconds * 1_000_000;
  progress(`measuring for ${o.seconds} s`);
  const third = (1000 * o.seconds) / 3;
  await sleep(1000 * warmUpSeconds + third, signal);
  if (o.churn) {
    progress('killing one writer');
    await fleet.killOne();
  }
  await sleep(third, signal);
  if (o.churn) {
    progress('another writer joins');
    await fleet.join();
  }
  await sleep(third + 500, signal);

  const { slots, slotRps } = await fleet.slots();
  const requests = await canary.requests({ limit: 50_000 });
  const { meanRps, longestGapMs } = summariseArrivals(
    requests.map(({ arrivalMicros }) => arrivalMicros),
    fromMicros,
    o.seconds,
  );
  progress('stopping the writers');
  feeding.abort();
  await fleet.stop();
  const stats = await canary.stats();
  return {
    capRps: o.capRps,
    meanRps: round(meanRps, 1),
    maxWindow: stats.maxRequestsPerSecond,
    status429: stats.status429,
    writers: o.writers,
    share: round(meanRps / o.capRps, 4),
    seconds: o.seconds,
    churn: o.churn,
    slotRps: round(slotRps, 1),
    longestGapMs: round(longestGapMs, 1),
    slots,
    requestsTotal: stats.requestsTotal,
    receipts,
    tvqs: stats.tvqs,
    noDataPoints: stats.noDataPoints,
    sessionsOpen: openSessions(stats, o),
  };
}

/** The measurement begins when all writers are there and writing. */
async function lastArrivalMs(canary: SimulatorControl): Promise<number> {
  return eventually(
    async () => {
      const [request] = await canary.requests({ path: '/api/v1/storeData', limit: 1 });
      if (request === undefined) throw new Error('no write yet');
      return request.arrivalMicros / 1000;
    },
    { timeoutMs: 30_000, intervalMs: 100 },
  );
}

/** A killed writer cannot revoke its session: Canary ends it when it has been idle for long enough. */
const openSessions = ({ sessions }: SimulatorStats, { churn }: RateOptions): number =>
  Math.max(0, sessions.open - (churn ? 1 : 0));

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
