import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@uns/service';
import { cdcSettings, checkCdcConfig } from './config.ts';

const env = {
  POSTGRES_URL: 'postgresql://uns_meta_cdc@db:5432/uns',
  REDIS_URL: 'redis://127.0.0.1:6379',
};

const problems = (more: Record<string, string>): string[] =>
  checkCdcConfig(loadConfig({ service: 'cdc', settings: cdcSettings, env: { ...env, ...more } }).config);

describe('the configuration of cdc', () => {
  it('SEC-02 refuses an authority for a Redis that is not asked over TLS', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ REDIS_CA_FILE: '/etc/ssl/redis.pem' })).toEqual([expect.stringContaining('rediss://')]);
    expect(problems({ REDIS_CA_FILE: '/etc/ssl/redis.pem', REDIS_URL: 'rediss://redis:6379' })).toEqual([]);
  });

  it('refuses a longest wait that is shorter than the debounce', () => {
    expect(problems({ CDC_DEBOUNCE_SECONDS: '180', CDC_MAX_WAIT_SECONDS: '60' })).toEqual([
      expect.stringContaining('CDC_MAX_WAIT_SECONDS'),
    ]);
  });
});
