import { readFileSync } from 'node:fs';
import { openStore } from '@uns/metadata-store';
import { healthReport, startAdminServer, systemClock, type RunningService, type ServiceContext } from '@uns/service';
import {
  canonicalFormVersion,
  createMetricFingerprint,
  createPathMapper,
  defaultPathRules,
  readPathRules,
} from '@uns/uns';
import { BirthProcessor } from './birth/birth-processor.ts';
import { runBirthWorkers } from './birth/birth-workers.ts';
import { aliasName } from './birth/prepare-metric.ts';
import type { ingestSettings } from './config.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import { BirthMailbox } from './source/birth-mailbox.ts';
import { defaultClientId, MqttSource } from './source/mqtt-source.ts';

/** How long the broker may be away before a restart is worth trying, in ms. */
const brokerPatienceMs = 10 * 60_000;

/** Builds ingest: broker -> mailbox -> workers -> store. Everything is made here and nowhere else. */
export async function startIngest(context: ServiceContext<typeof ingestSettings>): Promise<RunningService> {
  const { config, logger, registry, abort } = context;
  const clock = systemClock;
  const metrics = ingestMetrics(registry);
  const sql = openStore({
    url: config.postgresUrl,
    applicationName: 'uns-ingest',
    changedBy: 'ingest',
    maxConnections: config.concurrency + 2,
    tls: config.postgresTls,
    caFile: config.postgresCaFile,
  });
  const mapper = createPathMapper(config.rulesFile === undefined ? defaultPathRules : readPathRules(config.rulesFile));
  const mailbox = new BirthMailbox(config.mailboxBytes);
  const processor = new BirthProcessor({
    sql,
    mapper,
    fingerprint: createMetricFingerprint({ volatile: config.volatileProperties }),
    canonicalForm: canonicalFormVersion({ rulesDigest: mapper.digest, volatile: config.volatileProperties }),
    contextOf: () => ({
      decode: { limits: { inflatedBytes: config.maxInflatedBytes, metrics: config.maxMetrics } },
      nameOf: (metric) => metric.name ?? aliasName(metric.alias),
    }),
    clock,
    logger,
    metrics,
  });
  const stopping = new AbortController();
  const workers = runBirthWorkers({
    mailbox,
    processor,
    concurrency: config.concurrency,
    stop: stopping.signal,
    abort,
  });
  const source = new MqttSource({
    url: config.mqttUrl,
    clientId: config.mqttClientId ?? defaultClientId(config.environment),
    username: config.mqttUsername,
    password: config.mqttPassword,
    tls: {
      ...(config.mqttCaFile === undefined ? {} : { ca: readFileSync(config.mqttCaFile) }),
      ...(config.mqttCertFile === undefined ? {} : { cert: readFileSync(config.mqttCertFile) }),
      ...(config.mqttKeyFile === undefined ? {} : { key: readFileSync(config.mqttKeyFile) }),
    },
    groups: config.groups,
    onDeviceBirth: (message) => {
      const result = mailbox.offer(message);
      metrics.offered.inc({ result });
      metrics.mailboxBytes.set(mailbox.bytes);
      if (result === 'refused')
        logger.error({ topic: message.topic, bytes: message.payload.length }, 'birth refused: mailbox full');
    },
    onNodeBirth: () => undefined,
    onConnected: () => undefined,
    clock,
    logger,
    metrics,
  });
  const broker = () => ({
    ok: source.subscribed || source.sinceMs < brokerPatienceMs,
    detail: `${source.subscribed ? 'subscribed' : 'not connected'} for ${Math.round(source.sinceMs / 1000)} s`,
  });
  const admin = await startAdminServer({
    host: config.adminHost,
    port: config.adminPort,
    registry,
    health: () => healthReport({ broker: broker() }),
    ready: () => healthReport({ broker: { ...broker(), ok: source.subscribed } }),
    logger,
  });
  return {
    failed: workers.then(() => new Promise<never>(() => undefined)),
    stop: async () => {
      await source.close();
      stopping.abort(new Error('ingest stops'));
      try {
        await workers;
      } finally {
        await admin.close();
        await sql.end({ timeout: 5 });
      }
    },
  };
}
