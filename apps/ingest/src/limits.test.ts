import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@uns/service';
import { DEFAULT_LIMITS, type Limits } from '@uns/sparkplug';
import { ingestSettings } from './config.ts';
import { decodeLimits } from './limits.ts';

const limitsWith = (env: Record<string, string>) => {
  const needed = { MQTT_URL: 'mqtts://broker', POSTGRES_URL: 'postgres://store/uns' };
  return decodeLimits(loadConfig({ service: 'ingest', settings: ingestSettings, env: { ...needed, ...env } }).config);
};

/** Not for an operator to set. */
const { faultsPerMetric, ...settable } = DEFAULT_LIMITS;

describe('what a birth may cost', () => {
  it('SPB-20 is what the decoder takes for usual, when nothing is said', () => {
    expect(faultsPerMetric).toBeGreaterThan(0);
    expect(limitsWith({})).toEqual(settable);
  });

  it.each<[setting: string, limit: keyof Limits, value: number]>([
    ['INGEST_MAX_INFLATED_BYTES', 'inflatedBytes', 1_000_001],
    ['INGEST_MAX_METRICS', 'metrics', 11],
    ['INGEST_MAX_METRIC_BYTES', 'metricBytes', 1001],
    ['INGEST_MAX_NAME_BYTES', 'nameBytes', 12],
    ['INGEST_MAX_KEY_BYTES', 'keyBytes', 13],
    ['INGEST_MAX_STRING_BYTES', 'stringBytes', 14],
    ['INGEST_MAX_PROPERTIES', 'properties', 15],
    ['INGEST_MAX_DEPTH', 'depth', 16],
    ['INGEST_MAX_TEMPLATE_MEMBERS', 'templateMembers', 17],
    ['INGEST_MAX_TEMPLATE_BYTES', 'templateBytes', 1018],
  ])('PROMISE-6 %s sets %s and nothing else', (setting, limit, value) => {
    expect(limitsWith({ [setting]: String(value) })).toEqual({ ...settable, [limit]: value });
  });
});
