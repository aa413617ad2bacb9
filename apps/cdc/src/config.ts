import { checkRedisConfig, redisSettings } from '@uns/delivery';
import type { DeliveryPolicy } from '@uns/metadata-store';
import { choice, decimal, integer, list, optional, secret, text, url, type ConfigOf } from '@uns/service';

export const cdcSettings = {
  postgresUrl: url({
    env: 'POSTGRES_URL',
    doc: 'The store, as role uns_meta_cdc.',
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
  ...redisSettings,
  queuePrefix: text({
    env: 'QUEUE_PREFIX',
    doc: 'First part of all keys in Redis; the same for cdc and canary-writer.',
    default: 'uns',
  }),
  slot: text({
    env: 'CDC_SLOT',
    doc: 'Replication slot.',
    pattern: /^[a-z0-9_]{1,63}$/,
    accepts: 'lower case letters, digits and underscores, at most 63',
    default: 'uns_meta_slot',
  }),
  publication: text({ env: 'CDC_PUBLICATION', doc: 'Publication.', default: 'uns_meta_pub' }),
  debounceSeconds: decimal({
    env: 'CDC_DEBOUNCE_SECONDS',
    doc: 'How long a metric must be quiet before it is delivered.',
    unit: 's',
    min: 0,
    max: 86_400,
    default: 180,
  }),
  maxWaitSeconds: decimal({
    env: 'CDC_MAX_WAIT_SECONDS',
    doc: 'How long a metric that never gets quiet is kept waiting.',
    unit: 's',
    min: 0,
    max: 604_800,
    default: 900,
  }),
  volatileProperties: list({
    env: 'UNS_VOLATILE_PROPERTIES',
    doc: 'Properties that are stored but never delivered, because they change by themselves.',
    default: ['Quality'],
  }),
  allowedProperties: list({
    env: 'CANARY_ALLOWED_PROPERTIES',
    doc: 'Only these properties are delivered; `*` stands for any text. When not set, all are.',
    default: [],
  }),
  deniedProperties: list({
    env: 'CANARY_DENIED_PROPERTIES',
    doc: 'Properties that are never delivered, allowed or not; `*` stands for any text. What Canary has of them stays.',
    default: [],
  }),
  removedProperty: choice({
    env: 'CANARY_REMOVED_PROPERTY',
    doc: 'Canary cannot delete a property: `blank` writes an empty string over a removed one, `ignore` leaves its last value.',
    of: ['blank', 'ignore'],
    default: 'blank',
  }),
  resolveGiveUpSeconds: integer({
    env: 'CANARY_RESOLVE_GIVE_UP',
    doc: 'How long a tag may be unknown to Canary before its delivery becomes a dead letter.',
    unit: 's',
    min: 1,
    max: 31_536_000,
    default: 86_400,
  }),
  deferBaseSeconds: integer({
    env: 'CDC_DEFER_BASE_SECONDS',
    doc: 'First wait of a delivery that was put off; doubles each time, up to six hours.',
    unit: 's',
    min: 1,
    max: 21_600,
    default: 300,
  }),
  retryCapSeconds: integer({
    env: 'CDC_RETRY_CAP_SECONDS',
    doc: 'Longest wait of a delivery that Canary did not answer, or whose job Redis lost.',
    unit: 's',
    min: 1,
    max: 21_600,
    default: 900,
  }),
  highWaterJobs: integer({
    env: 'CDC_HIGH_WATER_JOBS',
    doc: 'Most write jobs at a time, from all pods together, until their receipts are recorded; the backlog stays in the store.',
    min: 1,
    max: 100_000,
    default: 1000,
  }),
  claimLimit: integer({
    env: 'CDC_CLAIM_LIMIT',
    doc: 'Metrics claimed in one transaction.',
    min: 1,
    max: 20_000,
    default: 2000,
  }),
  maxTagsPerJob: integer({
    env: 'CDC_MAX_TAGS_PER_JOB',
    doc: 'Tags in one write job.',
    min: 1,
    max: 100,
    default: 100,
  }),
  maxBytesPerJob: integer({
    env: 'CDC_MAX_BYTES_PER_JOB',
    doc: 'Bytes of one write job.',
    unit: 'bytes',
    min: 1000,
    max: 10_000_000,
    default: 900_000,
  }),
  pollMs: integer({
    env: 'CDC_POLL_MS',
    doc: 'How often the store is asked for what is due.',
    unit: 'ms',
    min: 10,
    max: 60_000,
    default: 500,
  }),
  heartbeatMs: integer({
    env: 'CDC_HEARTBEAT_MS',
    doc: 'How often a message is sent through the change stream, so that an idle store keeps no log for it.',
    unit: 'ms',
    min: 100,
    max: 600_000,
    default: 10_000,
  }),
  walSenderTimeoutMs: integer({
    env: 'CDC_WAL_SENDER_TIMEOUT_MS',
    doc: 'After how long a silence the server frees the slot of a dead cdc.',
    unit: 'ms',
    min: 1000,
    max: 600_000,
    default: 10_000,
  }),
  decodingMemoryMb: integer({
    env: 'CDC_DECODING_MEMORY_MB',
    doc: 'logical_decoding_work_mem of the change stream: memory that the database server may take for it. A plant’s first birth is decoded on disk with 256.',
    unit: 'MB',
    min: 1,
    max: 16_384,
    default: 512,
  }),
  sweepAfterSeconds: integer({
    env: 'CDC_SWEEP_AFTER_SECONDS',
    doc: 'Deliveries outstanding for longer are looked up in Redis.',
    unit: 's',
    min: 1,
    max: 86_400,
    default: 120,
  }),
  sweepEveryMs: integer({
    env: 'CDC_SWEEP_EVERY_MS',
    doc: 'How often.',
    unit: 'ms',
    min: 100,
    max: 3_600_000,
    default: 5000,
  }),
  receiptStalledAfterMs: integer({
    env: 'CDC_RECEIPT_STALLED_AFTER_MS',
    doc: 'A receipt whose cdc died goes to another after this to twice this.',
    unit: 'ms',
    min: 500,
    max: 600_000,
    default: 5000,
  }),
  reconcileMinutes: decimal({
    env: 'CDC_RECONCILE_MINUTES',
    doc: 'How often everything is compared with what Canary has acknowledged. What it finds was missed: an alert.',
    unit: 'min',
    min: 0.01,
    max: 10_080,
    default: 60,
  }),
  statementTimeoutMs: integer({
    env: 'CDC_STATEMENT_TIMEOUT_MS',
    doc: 'Statements in the store that run longer are cancelled and tried again. Only making the slot may take longer.',
    unit: 'ms',
    min: 1000,
    max: 3_600_000,
    default: 120_000,
  }),
  deadLetterDays: integer({
    env: 'CDC_DEAD_LETTER_DAYS',
    doc: 'How long a dead letter is kept once it is resolved. Open ones are kept for good.',
    unit: 'days',
    min: 1,
    max: 3650,
    default: 90,
  }),
  boardUser: text({ env: 'BOARD_USER', doc: 'User name for Bull Board.', default: 'operator' }),
  boardPassword: optional(
    secret({ env: 'BOARD_PASSWORD', doc: 'Password for Bull Board; without it the board is off.' }),
  ),
  boardBasePath: text({
    env: 'BOARD_BASE_PATH',
    doc: 'Path of Bull Board on the admin port.',
    pattern: /^\/[\w\-/]*\w$/,
    accepts: 'a path that starts with / and does not end with it',
    default: '/board',
  }),
};

export type CdcConfig = ConfigOf<typeof cdcSettings>;

/** Which properties are delivered, and how. */
export const deliveryPolicyOf = (
  config: Pick<CdcConfig, 'volatileProperties' | 'allowedProperties' | 'deniedProperties' | 'removedProperty'>,
): DeliveryPolicy => ({
  volatile: config.volatileProperties,
  allowed: config.allowedProperties,
  denied: config.deniedProperties,
  removed: config.removedProperty,
});

/** What no single variable can tell. */
export function checkCdcConfig(config: CdcConfig): string[] {
  const problems = checkRedisConfig(config);
  if (config.maxWaitSeconds < config.debounceSeconds) {
    problems.push('CDC_MAX_WAIT_SECONDS is less than CDC_DEBOUNCE_SECONDS; it must be at least as long.');
  }
  return problems;
}
