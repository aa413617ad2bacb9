import { readFileSync } from 'node:fs';
import { createCanaryClient, type CanaryClient } from '@uns/canary-client';
import {
  connectToQueueServer,
  EvictionPolicyError,
  FleetCircuit,
  JobQueue,
  JobWorker,
  PacedLimiter,
  readRedisCa,
  receiptQueue,
  writeQueue,
} from '@uns/delivery';
import {
  ConfigurationError,
  healthReport,
  persist,
  startAdminServer,
  systemClock,
  type Logger,
  type RunningService,
  type ServiceContext,
} from '@uns/service';
import { receiptAdder } from './add-receipt.ts';
import type { canaryWriterSettings } from './config.ts';
import { WriteProcessor } from './process-write.ts';
import { RequestSender } from './request/request-sender.ts';
import { Progress } from './writer-health.ts';
import { WriterMetrics } from './writer-metrics.ts';

/** Time to revoke the session at the end, ms. Less than is left when the work in hand has used up its grace. */
const revokeWithinMs = 4000;

/** Builds canary-writer: write jobs -> Canary -> receipts. Everything is made here and nowhere else. */
export async function startCanaryWriter(context: ServiceContext<typeof canaryWriterSettings>): Promise<RunningService> {
  const { config, logger, registry, abort } = context;
  const clock = systemClock;
  const stopping = new AbortController();
  const running = AbortSignal.any([stopping.signal, abort]);
  const metrics = new WriterMetrics(registry, { testMode: config.datasetOverride !== undefined });
  const progress = new Progress(clock);

  const redisCa = readRedisCa(config);
  const redisOf = async (what: string) =>
    openRedis({ what, url: config.redisUrl, ca: redisCa, signal: running, logger });
  // Slots have a connection of their own: behind a large receipt their replies would come too late.
  const [pacingRedis, queueRedis] = await Promise.all([redisOf('Redis for pacing'), redisOf('Redis for queues')]);
  const circuit = new FleetCircuit({
    redis: pacingRedis,
    key: `${config.queuePrefix}:canary-circuit`,
    policy: {
      consecutiveFailures: config.breakerConsecutiveFailures,
      serverErrorPercent: config.breakerErrorPercent,
      minimumVolume: config.breakerMinimumVolume,
      openMs: config.breakerOpenMs,
      rampMs: config.breakerRampMs,
      probeLeaseMs: 3 * config.attemptTimeoutMs,
    },
    registry,
    logger,
  });
  const limiter = new PacedLimiter({
    redis: pacingRedis,
    key: `${config.queuePrefix}:canary-slots`,
    pacing: { capRps: config.capRps },
    share: () => circuit.share(),
    registry,
    logger,
  });
  const limits = { maxTags: config.maxTagsPerRequest, maxBytes: config.maxRequestBytes };
  const client: CanaryClient = createCanaryClient({
    safBaseUrl: config.safBaseUrl,
    viewsBaseUrl: config.viewsBaseUrl,
    allowHttp: config.allowHttp,
    ca: config.caFile === undefined ? undefined : readFileSync(config.caFile, 'utf8'),
    apiToken: () => (config.apiTokenFile === undefined ? config.apiToken : readFileSync(config.apiTokenFile, 'utf8')),
    historians: config.historians,
    clientId: config.clientId,
    sessionTimeoutMs: config.sessionTimeoutMs,
    datasetPrefix: config.datasetPrefix,
    viewPrefix: config.viewPrefix,
    datasetOverride: config.datasetOverride,
    admit: (signal, o) => limiter.admit(signal, o),
    limits,
    attemptTimeoutMs: config.attemptTimeoutMs,
    // Two more than there are jobs, for the session and the index.
    maxSockets: config.concurrency + 2,
    onCall: (call) => {
      metrics.call(call);
      progress.made();
      // The writes hold the fleet back by themselves, for as long as Canary asked for.
      if (call.outcome === 'rateLimited' && call.path !== '/storeData') {
        limiter.penalise(1000).catch((error: unknown) => logger.warn({ err: error }, 'the other pods were not told'));
      }
    },
    onSession: (state) => metrics.session(state),
    onIndex: (event) => {
      metrics.index(event);
      logger.info({ ...event }, 'datasets of Canary');
    },
  });
  if (client.testMode) {
    logger.warn({ dataset: config.datasetOverride }, 'TEST MODE: every write goes to the Test dataset');
  }

  const queueOptions = { redis: queueRedis, prefix: config.queuePrefix, logger };
  const writes = new JobQueue(writeQueue, queueOptions);
  const receipts = new JobQueue(receiptQueue, queueOptions);
  const processor = new WriteProcessor({
    tags: client.tags,
    circuit,
    sender: new RequestSender({
      client,
      circuit,
      limiter,
      retry: {
        attempts: config.retryAttempts,
        baseMs: config.retryBaseMs,
        capMs: config.retryCapMs,
        attemptMs: config.attemptTimeoutMs,
        totalMs: config.retryTotalMs,
      },
      metrics,
      logger,
      clock,
    }),
    limits,
    addReceipt: receiptAdder({ queue: receipts, metrics, logger }),
    mark: client.testMode ? { testMode: `on, dataset ${config.datasetOverride}` } : {},
    stopping: stopping.signal,
    metrics,
    logger,
    clock,
  });
  const worker = new JobWorker(
    writes,
    async (job, jobContext) => {
      const end = await processor.process(job, jobContext);
      progress.made();
      return end;
    },
    {
      redisUrl: config.redisUrl,
      redisCa,
      prefix: config.queuePrefix,
      concurrency: config.concurrency,
      registry,
      logger,
      stalledAfterMs: config.stalledAfterMs,
    },
  );
  const admin = await startAdminServer({
    host: config.adminHost,
    port: config.adminPort,
    registry,
    health: () => healthReport({ progress: progress.check(worker.active) }),
    ready: () =>
      healthReport({
        redis: { ok: pacingRedis.status === 'ready' && queueRedis.status === 'ready', detail: queueRedis.status },
        session: { ok: client.session !== 'backingOff', detail: client.session },
      }),
    logger,
  });
  return {
    failed: new Promise<never>(() => undefined),
    stop: async () => {
      stopping.abort(new Error('canary-writer stops'));
      const giveUp = (): void => worker.giveUp('the stop has taken too long');
      if (abort.aborted) giveUp();
      abort.addEventListener('abort', giveUp, { once: true });
      await worker.stop(abort);
      const session = await client.close({ deadlineMs: revokeWithinMs });
      logger.info({ session }, 'session with Canary closed');
      await limiter.close();
      circuit.close();
      await Promise.all([writes.close(), receipts.close()]);
      pacingRedis.disconnect();
      queueRedis.disconnect();
      await admin.close();
    },
  };
}

/** @throws ConfigurationError when Redis may evict jobs. */
async function openRedis(o: {
  what: string;
  url: string;
  ca: string | undefined;
  signal: AbortSignal;
  logger: Logger;
}) {
  const { what, url, ca, signal, logger } = o;
  try {
    return await persist({
      what,
      attempt: () =>
        connectToQueueServer(url, (error) => logger.debug({ err: error }, 'Redis connection error'), { ca }),
      fatal: (error) => error instanceof EvictionPolicyError,
      signal,
      logger,
    });
  } catch (error) {
    throw error instanceof EvictionPolicyError ? new ConfigurationError('canary-writer', [error.message]) : error;
  }
}
