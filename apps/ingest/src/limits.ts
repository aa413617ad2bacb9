import type { Limits } from '@uns/sparkplug';
import type { IngestConfig } from './config.ts';

/** What a payload may cost, as configured. */
export function decodeLimits(config: IngestConfig): Partial<Limits> {
  return {
    inflatedBytes: config.maxInflatedBytes,
    metrics: config.maxMetrics,
    metricBytes: config.maxMetricBytes,
    nameBytes: config.maxNameBytes,
    keyBytes: config.maxKeyBytes,
    stringBytes: config.maxStringBytes,
    properties: config.maxProperties,
    depth: config.maxDepth,
    templateMembers: config.maxTemplateMembers,
    templateBytes: config.maxTemplateBytes,
  };
}
