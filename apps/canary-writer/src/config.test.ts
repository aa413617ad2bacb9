import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, loadConfig } from '@uns/service';
import { canaryWriterSettings, checkCanaryWriterConfig } from './config.ts';

const env = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  CANARY_SAF_BASE_URL: 'https://canary:55293/api/v1',
  CANARY_VIEWS_BASE_URL: 'https://canary:55293/api/v2',
  CANARY_HISTORIANS: 'historian-1, historian-2:55291',
};

function problems(more: Record<string, string>): string[] {
  try {
    const { config } = loadConfig({
      service: 'canary-writer',
      settings: canaryWriterSettings,
      env: { ...env, ...more },
    });
    return checkCanaryWriterConfig(config);
  } catch (error) {
    if (error instanceof ConfigurationError) return [...error.problems];
    throw error;
  }
}

describe('the configuration of canary-writer', () => {
  it('SEC-02 refuses an authority for a Redis that is not asked over TLS', () => {
    expect(problems({ REDIS_CA_FILE: '/etc/ssl/redis.pem' })).toEqual([expect.stringContaining('rediss://')]);
  });

  it('needs four variables and knows the agreed limits', () => {
    const { config } = loadConfig({ service: 'canary-writer', settings: canaryWriterSettings, env });
    expect(checkCanaryWriterConfig(config)).toEqual([]);
    expect(config).toMatchObject({
      historians: ['historian-1', 'historian-2:55291'],
      capRps: 500,
      maxTagsPerRequest: 100,
      maxRequestBytes: 1_000_000,
      sessionTimeoutMs: 120_000,
      retryAttempts: 6,
      attemptTimeoutMs: 10_000,
      retryTotalMs: 60_000,
      breakerConsecutiveFailures: 20,
      breakerErrorPercent: 2,
      breakerOpenMs: 60_000,
      datasetPrefix: undefined,
      datasetOverride: undefined,
    });
  });

  it('reports everything that is missing at once', () => {
    const nothing = () => loadConfig({ service: 'canary-writer', settings: canaryWriterSettings, env: {} });
    for (const name of Object.keys(env)) expect(nothing).toThrow(new RegExp(`${name} is missing`));
  });

  it('refuses plain HTTP unless it is allowed', () => {
    const plain = { CANARY_SAF_BASE_URL: 'http://canary/api/v1' };
    expect(problems(plain)).toEqual([expect.stringContaining('CANARY_ALLOW_HTTP')]);
    expect(problems({ ...plain, CANARY_ALLOW_HTTP: 'true' })).toEqual([]);
  });

  it('refuses Test mode in production without a second switch, and any other dataset', () => {
    const test = { CANARY_DATASET_OVERRIDE: 'Test', NODE_ENV: 'production' };
    expect(problems(test)).toEqual([expect.stringContaining('CANARY_ALLOW_TEST_MODE_IN_PRODUCTION')]);
    expect(problems({ ...test, CANARY_ALLOW_TEST_MODE_IN_PRODUCTION: 'true' })).toEqual([]);
    expect(problems({ ...test, NODE_ENV: 'development' })).toEqual([]);
    expect(problems({ CANARY_DATASET_OVERRIDE: 'Secil' })).toEqual([expect.stringContaining('starts with `Test`')]);
  });

  it.each([
    [{ CANARY_HISTORIANS: ' , ' }, 'CANARY_HISTORIANS'],
    [{ CANARY_RETRY_TOTAL_MS: '5000' }, 'CANARY_RETRY_TOTAL_MS'],
    [{ CANARY_MAX_TAGS_PER_REQUEST: '101' }, 'CANARY_MAX_TAGS_PER_REQUEST'],
  ])('refuses %o', (more, name) => {
    expect(problems(more)).toEqual([expect.stringContaining(name)]);
  });
});
