import { checkRedisConfig, redisSettings } from '@uns/delivery';
import { hostname } from 'node:os';
import { boolean, integer, list, optional, secret, text, url, type ConfigOf } from '@uns/service';

export const canaryWriterSettings = {
  nodeEnv: text({ env: 'NODE_ENV', doc: '`production` guards against Test mode.', default: 'development' }),
  ...redisSettings,
  queuePrefix: text({
    env: 'QUEUE_PREFIX',
    doc: 'First part of all keys in Redis; the same for cdc and canary-writer.',
    default: 'uns',
  }),
  concurrency: integer({
    env: 'WRITER_CONCURRENCY',
    doc: 'Write jobs this pod works on at a time.',
    min: 1,
    max: 256,
    default: 32,
  }),
  stalledAfterMs: integer({
    env: 'WRITER_STALLED_AFTER_MS',
    doc: 'A job whose pod died goes to another after this to twice this.',
    unit: 'ms',
    min: 500,
    max: 600_000,
    default: 30_000,
  }),
  safBaseUrl: url({
    env: 'CANARY_SAF_BASE_URL',
    doc: 'Canary’s write service, e.g. `https://host:55293/api/v1`.',
    protocols: ['https', 'http'],
  }),
  viewsBaseUrl: url({
    env: 'CANARY_VIEWS_BASE_URL',
    doc: 'Canary’s read service, e.g. `https://host:55293/api/v2`.',
    protocols: ['https', 'http'],
  }),
  allowHttp: boolean({
    env: 'CANARY_ALLOW_HTTP',
    doc: 'Allows `http://`, which shows the API token to the network. For local use only.',
    default: false,
  }),
  caFile: optional(text({ env: 'CANARY_CA_FILE', doc: 'PEM file of the authority that signed Canary’s certificate.' })),
  apiToken: optional(secret({ env: 'CANARY_API_TOKEN', doc: 'API token, if Canary asks for one.' })),
  apiTokenFile: optional(
    text({
      env: 'CANARY_API_TOKEN_FILE',
      doc: 'File with the API token, read again for each login, so that the token can be changed without a restart.',
    }),
  ),
  historians: list({
    env: 'CANARY_HISTORIANS',
    doc: 'Historians the write service sends the data to, `host` or `host:port`; a copy to each.',
  }),
  clientId: text({
    env: 'CANARY_CLIENT_ID',
    doc: 'Names this process in Canary.',
    default: `uns-canary-writer-${hostname()}`,
  }),
  sessionTimeoutMs: integer({
    env: 'CANARY_SESSION_TIMEOUT_MS',
    doc: 'Canary ends a session that is idle for so long. It is kept alive after 30 s +- 10 s.',
    unit: 'ms',
    min: 60_000,
    max: 3_600_000,
    default: 120_000,
  }),
  datasetPrefix: optional(
    text({
      env: 'CANARY_DATASET_PREFIX',
      doc: 'First dataset of the series that holds all tags: `Secil` stands for Secil, Secil2, Secil3, ... When not set, the first segment of each tag names its series.',
    }),
  ),
  viewPrefix: optional(
    text({ env: 'CANARY_VIEW_PREFIX', doc: 'View that Canary’s read service puts in front of every tag, if it does.' }),
  ),
  datasetOverride: optional(
    text({
      env: 'CANARY_DATASET_OVERRIDE',
      doc: 'Test mode: every write goes to this dataset, which is created when missing.',
      pattern: /^Test/,
      accepts: 'a name that starts with `Test`',
    }),
  ),
  allowTestInProduction: boolean({
    env: 'CANARY_ALLOW_TEST_MODE_IN_PRODUCTION',
    doc: 'Lets Test mode start although NODE_ENV is `production`.',
    default: false,
  }),
  capRps: integer({
    env: 'CANARY_RPS_CAP',
    doc: 'Most requests of all pods in any one second at Canary, of every kind. The same for all pods.',
    min: 1,
    max: 10_000,
    default: 500,
  }),
  maxTagsPerRequest: integer({
    env: 'CANARY_MAX_TAGS_PER_REQUEST',
    doc: 'Most tags in one request.',
    min: 1,
    max: 100,
    default: 100,
  }),
  maxRequestBytes: integer({
    env: 'CANARY_MAX_REQUEST_BYTES',
    doc: 'Most bytes of one request.',
    unit: 'bytes',
    min: 10_000,
    max: 10_000_000,
    default: 1_000_000,
  }),
  retryAttempts: integer({
    env: 'CANARY_RETRY_ATTEMPTS',
    doc: 'How often a request is tried before its tags are put off.',
    min: 1,
    max: 20,
    default: 6,
  }),
  retryBaseMs: integer({
    env: 'CANARY_RETRY_BASE_MS',
    doc: 'Ceiling of the wait after the first failure; doubles each time. The wait is a random part of it.',
    unit: 'ms',
    min: 1,
    max: 60_000,
    default: 200,
  }),
  retryCapMs: integer({
    env: 'CANARY_RETRY_CAP_MS',
    doc: 'No ceiling is higher.',
    unit: 'ms',
    min: 1,
    max: 60_000,
    default: 6400,
  }),
  attemptTimeoutMs: integer({
    env: 'CANARY_ATTEMPT_TIMEOUT_MS',
    doc: 'Time for one request.',
    unit: 'ms',
    min: 100,
    max: 60_000,
    default: 10_000,
  }),
  retryTotalMs: integer({
    env: 'CANARY_RETRY_TOTAL_MS',
    doc: 'Time for all tries of a request and the waits between them.',
    unit: 'ms',
    min: 100,
    max: 600_000,
    default: 60_000,
  }),
  breakerConsecutiveFailures: integer({
    env: 'CANARY_BREAKER_CONSECUTIVE_FAILURES',
    doc: 'The circuit opens after so many failures in a row.',
    min: 1,
    max: 1000,
    default: 20,
  }),
  breakerErrorPercent: integer({
    env: 'CANARY_BREAKER_ERROR_PERCENT',
    doc: 'It opens when at least this share of the requests of a minute ended with HTTP 5xx.',
    unit: '%',
    min: 1,
    max: 100,
    default: 2,
  }),
  breakerMinimumVolume: integer({
    env: 'CANARY_BREAKER_MINIMUM_VOLUME',
    doc: 'The share counts only from this many requests in a minute on.',
    min: 1,
    max: 100_000,
    default: 200,
  }),
  breakerOpenMs: integer({
    env: 'CANARY_BREAKER_OPEN_MS',
    doc: 'How long nothing is sent once it is open. Then one request is tried.',
    unit: 'ms',
    min: 100,
    max: 3_600_000,
    default: 60_000,
  }),
  breakerRampMs: integer({
    env: 'CANARY_BREAKER_RAMP_MS',
    doc: 'Over how long the rate rises to the cap again when that one has succeeded.',
    unit: 'ms',
    min: 1,
    max: 3_600_000,
    default: 30_000,
  }),
};

export type CanaryWriterConfig = ConfigOf<typeof canaryWriterSettings>;

/** What no single variable can tell. */
export function checkCanaryWriterConfig(config: CanaryWriterConfig): string[] {
  const problems: string[] = [];
  const plain = [config.safBaseUrl, config.viewsBaseUrl].some((base) => base.startsWith('http:'));
  if (plain && !config.allowHttp) {
    problems.push(
      'CANARY_SAF_BASE_URL and CANARY_VIEWS_BASE_URL must start with `https://`, or CANARY_ALLOW_HTTP be `true`.',
    );
  }
  problems.push(...checkRedisConfig(config));
  if (config.historians.length === 0) problems.push('CANARY_HISTORIANS names no historian.');
  const guarded = config.nodeEnv === 'production' && !config.allowTestInProduction;
  if (config.datasetOverride !== undefined && guarded) {
    problems.push(
      'CANARY_DATASET_OVERRIDE switches Test mode on although NODE_ENV is `production`; ' +
        'remove it, or set CANARY_ALLOW_TEST_MODE_IN_PRODUCTION to `true`.',
    );
  }
  if (config.retryTotalMs < config.attemptTimeoutMs) {
    problems.push('CANARY_RETRY_TOTAL_MS is less than CANARY_ATTEMPT_TIMEOUT_MS; it must be at least as long.');
  }
  return problems;
}
