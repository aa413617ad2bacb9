import { exportQueueDepths, JobWorker, readRedisCa } from '@uns/delivery';
import { openStore, type DeliveryPolicy } from '@uns/metadata-store';
import {
  healthReport,
  startAdminServer,
  systemClock,
  type ConfigOf,
  type Logger,
  type Registry,
  type RunningService,
  type ServiceContext,
} from '@uns/service';
import type { Sql } from 'postgres';
import { Board } from './board/board.ts';
import { cdcMetrics, type CdcMetrics } from './cdc-metrics.ts';
import { deliveryPolicyOf, type cdcSettings } from './config.ts';
import { Flusher } from './flush/flusher.ts';
import { openQueues, type Queues } from './queues.ts';
import { ReceiptRecorder, ReceiptRefusedError } from './receipts/receipt-recorder.ts';
import { DeadLetterKeeper } from './repair/dead-letter-keeper.ts';
import { Reconciler } from './repair/reconciler.ts';
import { RedisPresence } from './repair/redis-presence.ts';
import { Sweeper } from './repair/sweeper.ts';
import { untilCaughtUp } from './replication/caught-up.ts';
import { replicationConnection } from './replication/replication-connection.ts';
import { Replicator } from './replication/replicator.ts';
import { StoreGauges } from './store-gauges.ts';

/** Without progress for so long a restart is worth trying, in ms. */
const patienceMs = 5 * 60_000;

/** What all parts of cdc share. */
interface Common {
  config: ConfigOf<typeof cdcSettings>;
  redisCa: string | undefined;
  sql: Sql;
  policy: DeliveryPolicy;
  logger: Logger;
  registry: Registry;
  metrics: CdcMetrics;
  abort: AbortSignal;
}

/**
 * Builds cdc: change stream -> metric_sync -> write jobs, and receipts -> metric_sync. Everything is made here and nowhere else.
 *
 * The two halves depend on different servers. Recording the changes needs the store alone and starts at once; what goes through Redis
 * starts when Redis is there.
 */
export async function startCdc(context: ServiceContext<typeof cdcSettings>): Promise<RunningService> {
  const { config, logger, registry, abort } = context;
  const metrics = cdcMetrics(registry);
  const stopping = new AbortController();
  const running = AbortSignal.any([stopping.signal, abort]);
  const store = { url: config.postgresUrl, tls: config.postgresTls, caFile: config.postgresCaFile };
  const sql = openStore({
    ...store,
    applicationName: 'uns-cdc',
    changedBy: 'cdc',
    maxConnections: 8,
    statementTimeoutMs: config.statementTimeoutMs,
  });
  const policy = deliveryPolicyOf(config);
  const redisCa = readRedisCa(config);
  const common: Common = { config, redisCa, sql, policy, logger, registry, metrics, abort };
  const clock = systemClock;

  const reconciler = new Reconciler({
    sql,
    policy,
    stepSize: 5000,
    everyMs: config.reconcileMinutes * 60_000,
    caughtUp: (signal) => untilCaughtUp(sql, { slot: config.slot, withinMs: 120_000, clock, signal }),
    clock,
    logger,
    metrics,
  });
  const replicator = new Replicator({
    sql,
    connection: replicationConnection({
      ...store,
      walSenderTimeoutMs: config.walSenderTimeoutMs,
      decodingMemoryMb: config.decodingMemoryMb,
    }),
    slot: config.slot,
    publication: config.publication,
    debounce: { debounceSeconds: config.debounceSeconds, maxWaitSeconds: config.maxWaitSeconds },
    heartbeatEveryMs: config.heartbeatMs,
    reconcile: (signal, cause) => reconciler.repairDoubt(signal, cause),
    clock,
    logger,
    metrics,
  });
  const gauges = new StoreGauges({ sql, slot: config.slot, replicator, metrics, clock, logger });
  const deadLetters = new DeadLetterKeeper({ sql, keepDays: config.deadLetterDays, everyMs: 30_000, registry, logger });
  const recording = Promise.all(
    [replicator, reconciler, gauges, deadLetters].map((loop: { run(signal: AbortSignal): Promise<void> }) =>
      loop.run(running),
    ),
  );

  let delivery: Delivery | null = null;
  const { boardPassword } = config;
  const board =
    boardPassword === undefined
      ? null
      : new Board({ basePath: config.boardBasePath, user: config.boardUser, password: boardPassword });
  const admin = await startAdminServer({
    host: config.adminHost,
    port: config.adminPort,
    registry,
    health: () => healthReport({ replication: replicationHealth(replicator), flush: flushHealth(delivery) }),
    ready: () =>
      healthReport({
        redis: {
          ok: delivery?.queues.redis.status === 'ready',
          detail: delivery?.queues.redis.status ?? 'not there yet',
        },
        replication: {
          ok: replicator.state === 'streaming' || replicator.state === 'standby',
          detail: replicationDetail(replicator),
        },
      }),
    logger,
    register: async (app) => board?.register(app),
  });

  const queuesOpen = openQueues({
    url: config.redisUrl,
    ca: redisCa,
    prefix: config.queuePrefix,
    signal: running,
    logger,
  });
  const delivering = queuesOpen.then((queues) => {
    delivery = startDelivery(common, queues, running);
    board?.show([queues.writes, queues.receipts]);
    return delivery.ended;
  });
  const failed = Promise.all([recording, delivering]).then(() => new Promise<never>(() => undefined));
  // Whoever runs the service awaits it; until then a rejection is not unhandled.
  failed.catch(() => undefined);
  return {
    failed,
    stop: async () => {
      stopping.abort(new Error('cdc stops'));
      // Why Redis could not be had, if so, is what `failed` says.
      await delivering.catch(() => undefined);
      await recording;
      await delivery?.stop();
      await admin.close();
      await sql.end({ timeout: 5 });
    },
  };
}

const replicationDetail = (replicator: Replicator): string =>
  `${replicator.state} for ${Math.round(replicator.stateMs / 1000)} s`;

const replicationHealth = (replicator: Replicator) => ({
  ok: replicator.healthy(patienceMs),
  detail: replicationDetail(replicator),
});

/** Waiting for Redis is no fault that a restart would cure. */
function flushHealth(delivery: Delivery | null) {
  if (delivery === null) return { ok: true, detail: 'waits for Redis' };
  const { sinceLastPassMs } = delivery.flusher;
  return { ok: sinceLastPassMs < patienceMs, detail: `came round ${Math.round(sinceLastPassMs / 1000)} s ago` };
}

/** The half of cdc that needs Redis. */
interface Delivery {
  queues: Queues;
  flusher: Flusher;
  /** Resolves when its loops have ended, after `running` is aborted. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

function startDelivery(common: Common, queues: Queues, running: AbortSignal): Delivery {
  const { config, redisCa, sql, policy, logger, registry, metrics, abort } = common;
  const { writes, receipts, redis } = queues;
  exportQueueDepths(registry, [writes, receipts]);
  const flusher = new Flusher({
    sql,
    queue: { depth: () => writes.backlog(), add: (jobs) => writes.add(jobs) },
    policy,
    limits: { maxTags: config.maxTagsPerJob, maxBytes: config.maxBytesPerJob },
    claimLimit: config.claimLimit,
    highWaterJobs: config.highWaterJobs,
    pollMs: config.pollMs,
    clock: systemClock,
    logger,
    metrics,
  });
  const sweeper = new Sweeper({
    sql,
    presence: new RedisPresence({ writes, receipts, redis }),
    policy: { baseSeconds: 10, capSeconds: config.retryCapSeconds, deadAfter: 5 },
    everyMs: config.sweepEveryMs,
    afterSeconds: config.sweepAfterSeconds,
    afterRestartSeconds: Math.min(5, config.sweepAfterSeconds),
    logger,
    metrics,
  });
  const recorder = new ReceiptRecorder({
    sql,
    policy: {
      baseSeconds: config.deferBaseSeconds,
      capSeconds: 6 * 3600,
      unansweredCapSeconds: config.retryCapSeconds,
      giveUpSeconds: config.resolveGiveUpSeconds,
    },
    batchSize: 50,
    logger,
    metrics,
    abort,
  });
  const worker = new JobWorker(
    receipts,
    async (receipt) => {
      try {
        await recorder.record(receipt);
        return { end: 'done', summary: { tags: receipt.outcomes.length } };
      } catch (error) {
        if (error instanceof ReceiptRefusedError) return { end: 'reject', reason: error.message };
        throw error;
      }
    },
    {
      redisUrl: config.redisUrl,
      redisCa,
      prefix: config.queuePrefix,
      concurrency: 50,
      registry,
      logger,
      stalledAfterMs: config.receiptStalledAfterMs,
    },
  );
  const ended = Promise.all([flusher.run(running), sweeper.run(running)]);
  return {
    queues,
    flusher,
    ended,
    stop: async () => {
      await worker.stop(abort);
      await queues.close();
    },
  };
}
