import { openStore } from '@uns/metadata-store';
import { healthReport, startAdminServer, systemClock, type RunningService, type ServiceContext } from '@uns/service';
import { SequenceRecorder } from '@uns/sparkplug';
import { canonicalFormVersion, createMetricFingerprint } from '@uns/uns';
import { BirthProcessor } from './birth/birth-processor.ts';
import { runBirthWorkers } from './birth/birth-workers.ts';
import type { ingestSettings } from './config.ts';
import { readConfiguredFiles } from './configured-files.ts';
import { ingestMetrics, watchMailbox } from './ingest-metrics.ts';
import { AliasBook } from './knowledge/alias-book.ts';
import { TemplateBook } from './knowledge/template-book.ts';
import { decodeLimits } from './limits.ts';
import { applyConfiguredRules } from './apply-configured-rules.ts';
import { NodeBirthProcessor } from './node/node-birth-processor.ts';
import { QuarantineKeeper } from './quarantine/quarantine-keeper.ts';
import { QuarantineNotes } from './quarantine/quarantine-notes.ts';
import { RebirthRequester } from './rebirth/rebirth-requester.ts';
import { BirthIntake } from './source/birth-intake.ts';
import { BirthMailbox } from './source/birth-mailbox.ts';
import { defaultClientId, MqttSource } from './source/mqtt-source.ts';

/** How long the broker may be away before a restart is worth trying, in ms. */
const brokerPatienceMs = 10 * 60_000;

/** Builds ingest: broker -> mailbox -> workers -> store. Everything is made here and nowhere else. */
export async function startIngest(context: ServiceContext<typeof ingestSettings>): Promise<RunningService> {
  const { config, logger, registry, abort } = context;
  const clock = systemClock;
  const { mapper, tls } = readConfiguredFiles(config);
  const metrics = ingestMetrics(registry);
  const common = { clock, logger, metrics };
  const sql = openStore({
    url: config.postgresUrl,
    applicationName: 'uns-ingest',
    changedBy: 'ingest',
    maxConnections: config.concurrency + 3,
    tls: config.postgresTls,
    caFile: config.postgresCaFile,
    statementTimeoutMs: config.statementTimeoutMs,
  });
  const limits = decodeLimits(config);
  const mailbox = new BirthMailbox(config.mailboxBytes);
  watchMailbox(registry, mailbox);
  const notes = new QuarantineNotes({ sql, logger, metrics });
  const rebirths: RebirthRequester = new RebirthRequester({
    ...common,
    sql,
    enabled: config.rebirthRequests === 'on',
    groups: config.groups,
    minIntervalMs: config.rebirthIntervalSeconds * 1000,
    spreadMs: config.rebirthSpreadSeconds * 1000,
    isConnected: () => source.subscribed,
    hasRoom: () => mailbox.bytes * 2 < mailbox.boundBytes,
    publish: (topic, payload) => source.publish(topic, payload),
  });
  const knowledge = {
    sequences: new SequenceRecorder(),
    aliasBook: new AliasBook({ sql, cacheEntries: config.aliasCacheEntries }),
    templateBook: new TemplateBook({ sql, limits, cacheBytes: config.templateCacheBytes }),
    limits,
  };
  const stopping = new AbortController();
  const canonicalForm = canonicalFormVersion({ rulesDigest: mapper.digest, volatile: config.volatileProperties });
  const rulesApplied = applyConfiguredRules({
    sql,
    mapper,
    groups: config.groups,
    digest: canonicalForm,
    logger,
    stop: stopping.signal,
  });
  let rules: 'being applied to what is stored' | 'applied' | 'replaced by those of another ingest' =
    'being applied to what is stored';
  const workers = rulesApplied.then(() => {
    rules = 'applied';
    return runBirthWorkers({
      mailbox,
      devices: new BirthProcessor({
        ...common,
        ...knowledge,
        sql,
        mapper,
        notes,
        rebirths,
        rules: { groups: config.groups, digest: canonicalForm },
        onRulesReplaced: () => {
          rules = 'replaced by those of another ingest';
        },
        fingerprint: createMetricFingerprint({ volatile: config.volatileProperties }),
        canonicalForm,
        identityProperty: config.identityProperty ?? null,
        mostDevices: config.mostDevices,
      }),
      nodes: new NodeBirthProcessor({ ...common, ...knowledge, sql, notes, rebirths }),
      concurrency: config.concurrency,
      stop: stopping.signal,
      abort,
    });
  });
  const keeper = new QuarantineKeeper({ ...common, sql, keepDays: config.quarantineDays });
  const asides = Promise.all([rebirths, notes, keeper].map((aside) => aside.run(stopping.signal)));
  const intake = new BirthIntake({ ...common, mailbox, notes, rebirths });
  const source: MqttSource = new MqttSource({
    ...common,
    url: config.mqttUrl,
    clientId: config.mqttClientId ?? defaultClientId(config.environment),
    username: config.mqttUsername,
    password: config.mqttPassword,
    tls,
    groups: config.groups,
    sharedSubscription: config.sharedSubscription ?? null,
    onBirth: (message) => intake.take(message),
    onStray: (message) => intake.note(message),
    onSubscribed: () => rebirths.connected(),
    onLost: () => rebirths.disconnected(),
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
    ready: () =>
      healthReport({
        broker: { ...broker(), ok: source.subscribed },
        rules: { ok: rules === 'applied', detail: rules },
      }),
    logger,
  });
  return {
    failed: workers.then(() => new Promise<never>(() => undefined)),
    stop: async () => {
      await source.close();
      stopping.abort(new Error('ingest stops'));
      try {
        await workers;
        await asides;
      } finally {
        await admin.close();
        await sql.end({ timeout: 5 });
      }
    },
  };
}
