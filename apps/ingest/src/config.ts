import { boolean, choice, integer, list, optional, secret, text, url, type ConfigOf } from '@uns/service';
import { DEFAULT_LIMITS } from '@uns/sparkplug';

export const ingestSettings = {
  environment: text({ env: 'UNS_ENV', doc: 'Name of the environment; part of the MQTT client id.', default: 'dev' }),
  mqttUrl: url({ env: 'MQTT_URL', doc: 'The broker.', protocols: ['mqtts', 'mqtt'] }),
  mqttAllowPlaintext: boolean({
    env: 'MQTT_ALLOW_PLAINTEXT',
    doc: 'Allows `mqtt://`, without TLS. For local use only.',
    default: false,
  }),
  mqttClientId: optional(
    text({
      env: 'MQTT_CLIENT_ID',
      doc: 'Client id; unique on the broker. When not set: `uns-spb-dbirth-meta-<UNS_ENV>-<host>`.',
    }),
  ),
  mqttUsername: optional(text({ env: 'MQTT_USERNAME', doc: 'User name at the broker.' })),
  mqttPassword: optional(secret({ env: 'MQTT_PASSWORD', doc: 'Password at the broker.' })),
  mqttCaFile: optional(
    text({ env: 'MQTT_CA_FILE', doc: 'PEM file of the authority that signed the broker’s certificate.' }),
  ),
  mqttCertFile: optional(
    text({ env: 'MQTT_CERT_FILE', doc: 'PEM file of our certificate, for a broker that wants one.' }),
  ),
  mqttKeyFile: optional(text({ env: 'MQTT_KEY_FILE', doc: 'PEM file of the key to that certificate.' })),
  groups: list({ env: 'SPARKPLUG_GROUPS', doc: 'Sparkplug groups to listen to; `+` is all of them.', default: ['+'] }),
  sharedSubscription: optional(
    text({
      env: 'MQTT_SHARED_SUBSCRIPTION',
      doc: 'Name of a shared subscription: the births of devices are then parted among all ingest pods that have the same name here (`$share/<name>/spBv1.0/...`). Births of edge nodes go to every pod. Not set: every pod takes every birth.',
      accepts: 'a text without `/`, `+`, `#` and blanks',
      pattern: /^[^/+#\s]+$/u,
    }),
  ),
  postgresUrl: url({
    env: 'POSTGRES_URL',
    doc: 'The store, as role uns_meta_app.',
    protocols: ['postgres', 'postgresql'],
  }),
  postgresTls: choice({
    env: 'POSTGRES_TLS',
    doc: '`verify-full` demands a certificate that is valid for the host; `off` is for local use only.',
    of: ['verify-full', 'off'],
    default: 'verify-full',
  }),
  postgresCaFile: optional(
    text({ env: 'POSTGRES_CA_FILE', doc: 'PEM file of the authority that signed the server’s certificate.' }),
  ),
  statementTimeoutMs: integer({
    env: 'INGEST_STATEMENT_TIMEOUT_MS',
    doc: 'PostgreSQL cancels a statement that runs longer; the birth is then tried again. One statement takes all metrics of a birth, while they are decoded.',
    unit: 'ms',
    min: 100,
    max: 86_400_000,
    default: 900_000,
  }),
  rulesFile: optional(
    text({
      env: 'UNS_RULES_FILE',
      doc: 'Rules that map names to paths; when not set: `{group}/{edge}/{device}/{name}`.',
    }),
  ),
  volatileProperties: list({
    env: 'UNS_VOLATILE_PROPERTIES',
    doc: 'Properties that change by themselves: a change of these alone is no change.',
    default: ['Quality'],
  }),
  identityProperty: optional(
    text({
      env: 'UNS_IDENTITY_PROPERTY',
      doc: 'Property whose value stays with a tag when its name changes, for example `tagId`: the metric then keeps its identity.',
    }),
  ),
  rebirthRequests: choice({
    env: 'REBIRTH_REQUESTS',
    doc: 'Whether edge nodes are asked for their births again, after a connection and when a birth cannot be used. `off` when the broker account may not publish.',
    of: ['on', 'off'],
    default: 'on',
  }),
  rebirthIntervalSeconds: integer({
    env: 'REBIRTH_MIN_INTERVAL_SECONDS',
    doc: 'Least time between two requests to one edge node, over all ingest pods and restarts.',
    unit: 'seconds',
    min: 1,
    max: 86_400,
    default: 300,
  }),
  rebirthSpreadSeconds: integer({
    env: 'REBIRTH_SPREAD_SECONDS',
    doc: 'Over how long the requests after a connection are spread, each node at a random moment.',
    unit: 'seconds',
    min: 0,
    max: 3600,
    default: 60,
  }),
  aliasCacheEntries: integer({
    env: 'INGEST_ALIAS_CACHE_ENTRIES',
    doc: 'Most aliases kept in memory, those with more than 64 characters counted as several; the store has them all.',
    min: 1000,
    max: 10_000_000,
    default: 500_000,
  }),
  templateCacheBytes: integer({
    env: 'INGEST_TEMPLATE_CACHE_BYTES',
    doc: 'Most bytes of encoded template definitions kept in memory; the store has them all.',
    unit: 'bytes',
    min: 1_000_000,
    max: 1_000_000_000,
    default: 33_554_432,
  }),
  mailboxBytes: integer({
    env: 'INGEST_MAILBOX_BYTES',
    doc: 'Most bytes of births that wait. What does not fit is asked for again.',
    unit: 'bytes',
    min: 1_000_000,
    max: 2_000_000_000,
    default: 268_435_456,
  }),
  mostDevices: integer({
    env: 'INGEST_MAX_DEVICES',
    doc: 'Most devices in the store: births of new ones are then refused. Whoever may publish can make up ids.',
    min: 1,
    max: 10_000_000,
    default: 10_000,
  }),
  quarantineDays: integer({
    env: 'INGEST_QUARANTINE_DAYS',
    doc: 'How long a quarantine entry is kept once it is resolved; of a device that is not in the store, since it was last seen.',
    unit: 'days',
    min: 1,
    max: 3650,
    default: 30,
  }),
  concurrency: integer({
    env: 'INGEST_CONCURRENCY',
    doc: 'Devices whose births are written at the same time.',
    min: 1,
    max: 16,
    default: 2,
  }),
  maxInflatedBytes: integer({
    env: 'INGEST_MAX_INFLATED_BYTES',
    doc: 'Most bytes a compressed birth may inflate to.',
    unit: 'bytes',
    min: 1_000_000,
    max: 8_000_000_000,
    default: DEFAULT_LIMITS.inflatedBytes,
  }),
  maxMetrics: integer({
    env: 'INGEST_MAX_METRICS',
    doc: 'Most metrics of one birth.',
    min: 1,
    max: 10_000_000,
    default: DEFAULT_LIMITS.metrics,
  }),
  maxMetricBytes: integer({
    env: 'INGEST_MAX_METRIC_BYTES',
    doc: 'Most bytes of one metric of a birth, its value included.',
    unit: 'bytes',
    min: 1000,
    max: 1_000_000_000,
    default: DEFAULT_LIMITS.metricBytes,
  }),
  maxNameBytes: integer({
    env: 'INGEST_MAX_NAME_BYTES',
    doc: 'Most bytes of a metric’s name. The store takes 2,000.',
    unit: 'bytes',
    min: 1,
    max: 100_000,
    default: DEFAULT_LIMITS.nameBytes,
  }),
  maxKeyBytes: integer({
    env: 'INGEST_MAX_KEY_BYTES',
    doc: 'Most bytes of a property key, nested keys joined. The store takes 1,000.',
    unit: 'bytes',
    min: 1,
    max: 100_000,
    default: DEFAULT_LIMITS.keyBytes,
  }),
  maxStringBytes: integer({
    env: 'INGEST_MAX_STRING_BYTES',
    doc: 'Most bytes of the text of a property.',
    unit: 'bytes',
    min: 1,
    max: 100_000_000,
    default: DEFAULT_LIMITS.stringBytes,
  }),
  maxProperties: integer({
    env: 'INGEST_MAX_PROPERTIES',
    doc: 'Most properties of one metric, nested ones included.',
    min: 1,
    max: 100_000,
    default: DEFAULT_LIMITS.properties,
  }),
  maxDepth: integer({
    env: 'INGEST_MAX_DEPTH',
    doc: 'How deep property sets may be nested, and templates, and how often definitions may be derived.',
    min: 1,
    max: 64,
    default: DEFAULT_LIMITS.depth,
  }),
  maxTemplateMembers: integer({
    env: 'INGEST_MAX_TEMPLATE_MEMBERS',
    doc: 'Most template definitions of one edge node, their members counted too.',
    min: 1,
    max: 10_000_000,
    default: DEFAULT_LIMITS.templateMembers,
  }),
  maxTemplateBytes: integer({
    env: 'INGEST_MAX_TEMPLATE_BYTES',
    doc: 'Most bytes of all template definitions of one edge node.',
    unit: 'bytes',
    min: 1000,
    max: 1_000_000_000,
    default: DEFAULT_LIMITS.templateBytes,
  }),
};

export type IngestConfig = ConfigOf<typeof ingestSettings>;

/** What no single variable can tell. */
export function checkIngestConfig(config: IngestConfig): string[] {
  const problems: string[] = [];
  if (config.mqttUrl.startsWith('mqtt:') && !config.mqttAllowPlaintext) {
    problems.push('MQTT_URL is not encrypted; it must start with `mqtts://`, or MQTT_ALLOW_PLAINTEXT be `true`.');
  }
  if (config.mqttPassword !== undefined && config.mqttUsername === undefined) {
    problems.push('MQTT_USERNAME is missing; MQTT_PASSWORD is of no use without it.');
  }
  if ((config.mqttCertFile === undefined) !== (config.mqttKeyFile === undefined)) {
    problems.push('MQTT_CERT_FILE and MQTT_KEY_FILE belong together; one of them is missing.');
  }
  if (config.identityProperty !== undefined && config.volatileProperties.includes(config.identityProperty)) {
    problems.push(
      'UNS_IDENTITY_PROPERTY is one of UNS_VOLATILE_PROPERTIES; what changes by itself identifies nothing.',
    );
  }
  return problems;
}
