import {
  assertNoEviction,
  connectRedis,
  EvictionPolicyError,
  exportQueueDepths,
  JobQueue,
  JobWorker,
  receiptQueue,
  writeQueue,
} from '@uns/delivery';
import { openStore, type DeliveryPolicy } from '@uns/metadata-store';
import {
  ConfigurationError,
  healthReport,
  persist,
  startAdminServer,
  systemClock,
  type RunningService,
  type ServiceContext,
} from '@uns/service';
import { registerBoard } from './board/board.ts';
import { cdcMetrics } from './cdc-metrics.ts';
import type { cdcSettings } from './config.ts';
import { Flusher } from './flush/flusher.ts';
import { ReceiptRecorder } from './receipts/receipt-recorder.ts';
import { Reconciler } from './repair/reconciler.ts';
import { RedisPresence } from './repair/redis-presence.ts';
import { Sweeper } from './repair/sweeper.ts';
import { replicationConnection } from './replication/replication-connection.ts';
import { Replicator } from './replication/replicator.ts';
import { StoreGauges } from './store-gauges.ts';

/** Without progress for so long a restart is worth trying, in ms. */
const patienceMs = 5 * 60_000;

/** Builds cdc: change stream -> metric_sync -> write jobs, and receipts -> metric_sync. Everything is made here and nowhere else. */
export async function startCdc(context: ServiceContext<typeof cdcSettings>): Promise<RunningService> {
  const { config, logger, registry, abort } = context;
  const clock = systemClock;
  const metrics = cdcMetrics(registry);
  const stopping = new AbortController();
  const running = AbortSignal.any([stopping.signal, abort]);
  const store = { url: config.postgresUrl, tls: config.postgresTls, caFile: config.postgresCaFile };
  const sql = openStore({ ...store, applicationName: 'uns-cdc', changedBy: 'cdc', maxConnections: 8 });
  const policy: DeliveryPolicy = { volatile: config.volatileProperties, removed: config.removedProperty };

  const redis = await persist({
    what: 'Redis',
    attempt: async () => {
      const connection = await connectRedis(config.redisUrl, (error) =>
        logger.debug({ err: error }, 'Redis connection error'),
      );
      await assertNoEviction(connection);
      return connection;
    },
    fatal: (error) => error instanceof EvictionPolicyError,
    signal: running,
    logger,
  }).catch((error: unknown) => {
    throw error instanceof EvictionPolicyError ? new ConfigurationError('cdc', [error.message]) : error;
  });
  const queueOptions = { redis, prefix: config.queuePrefix, logger };
  const writes = new JobQueue(writeQueue, queueOptions);
  const receipts = new JobQueue(receiptQueue, queueOptions);
  exportQueueDepths(registry, [writes, receipts]);

  const reconciler = new Reconciler({
    sql,
    policy,
    stepSize: 5000,
    everyMs: config.reconcileMinutes * 60_000,
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
    reconcile: (signal, why) => reconciler.reconcile('position-in-doubt', signal, why),
    clock,
    logger,
    metrics,
  });
  const flusher = new Flusher({
    sql,
    queue: { depth: () => writes.backlog(), add: (jobs) => writes.add(jobs) },
    policy,
    limits: { maxTags: config.maxTagsPerJob, maxBytes: config.maxBytesPerJob },
    claimLimit: config.claimLimit,
    highWaterJobs: config.highWaterJobs,
    pollMs: config.pollMs,
    clock,
    logger,
    metrics,
  });
  const sweeper = new Sweeper({
    sql,
    presence: new RedisPresence({ writes, receipts, redis }),
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
      unansweredCapSeconds: 15 * 60,
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
      await recorder.record(receipt);
      return { end: 'done', summary: { tags: receipt.outcomes.length } };
    },
    { redisUrl: config.redisUrl, prefix: config.queuePrefix, concurrency: 50, registry, logger },
  );
  const gauges = new StoreGauges({ sql, slot: config.slot, replicator, metrics, logger });

  const loops = Promise.all([
    replicator.run(running),
    flusher.run(running),
    sweeper.run(running),
    reconciler.run(running),
    gauges.run(running),
  ]);
  const { boardPassword } = config;
  const admin = await startAdminServer({
    host: config.adminHost,
    port: config.adminPort,
    registry,
    health: () =>
      healthReport({
        replication: {
          ok: replicator.healthy(patienceMs),
          detail: `${replicator.state} for ${Math.round(replicator.stateMs / 1000)} s`,
        },
        flush: {
          ok: flusher.sinceLastPassMs < patienceMs,
          detail: `came round ${Math.round(flusher.sinceLastPassMs / 1000)} s ago`,
        },
      }),
    ready: () =>
      healthReport({
        redis: { ok: redis.status === 'ready', detail: redis.status },
        replication: {
          ok: replicator.state === 'streaming' || replicator.state === 'standby',
          detail: `${replicator.state} for ${Math.round(replicator.stateMs / 1000)} s`,
        },
      }),
    logger,
    register: async (app) => {
      if (boardPassword === undefined) return;
      await registerBoard(app, {
        queues: [writes, receipts],
        basePath: config.boardBasePath,
        user: config.boardUser,
        password: boardPassword,
      });
    },
  });
  return {
    failed: loops.then(() => new Promise<never>(() => undefined)),
    stop: async () => {
      stopping.abort(new Error('cdc stops'));
      await loops;
      await worker.stop(abort);
      await Promise.all([writes.close(), receipts.close()]);
      redis.disconnect();
      await admin.close();
      await sql.end({ timeout: 5 });
    },
  };
}
