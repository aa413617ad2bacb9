import { createHash } from 'node:crypto';
import type { BirthMetric, StoredProperty } from '../birth/birth-metric.ts';
import type { Birth } from '../birth/birth.ts';

/** Metric name -> its properties; the path is `<device path>/<name>` unless `paths` says otherwise. */
export type SampleMetrics = Record<string, Record<string, StoredProperty['value']>>;

export interface Sample {
  metrics: SampleMetrics;
  device?: string;
  timestamp?: Date;
  paths?: Record<string, string>;
  /** Metrics whose properties are not all in the birth. */
  partial?: readonly string[];
  /** Names of metrics that could not be read. */
  unread?: readonly string[];
  unidentified?: boolean;
  identityProperty?: string;
  /** Alias -> name. */
  aliases?: Record<string, string>;
}

/** Where a metric of a sample is, unless the sample says otherwise. */
export const pathOf = (name: string, device = 'Cement'): string => `Secil/Portugal/${device}/${name}`;

const typeOf = (value: StoredProperty['value']): StoredProperty['type'] => {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint') return 'long';
  return Number.isInteger(value) ? 'int' : 'double';
};

/** A birth as ingest hands it to the store, made from plain objects. */
export function sampleBirth(sample: Sample): Birth & { fingerprint: Buffer } {
  const device = sample.device ?? 'Cement';
  const unsPath = `Secil/Portugal/${device}`;
  const hash = (text: string): Buffer => createHash('md5').update(text).digest();
  const metrics = Object.entries(sample.metrics).map(([name, properties], ordinal) => {
    const path = sample.paths?.[name] ?? pathOf(name, device);
    const stored = Object.entries(properties).map(([key, value]) => ({ key, type: typeOf(value), value }));
    const partial = sample.partial?.includes(name) ?? false;
    const canonical = stored
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map((p) => `${p.key}=${p.type}:${String(p.value)}`);
    return {
      ordinal,
      name,
      unsPath: path,
      datatype: 9,
      fingerprint: hash([name, path, String(partial), ...canonical].join('\n')),
      properties: stored,
      partial,
    };
  });
  return {
    device: { group: 'Secil', edge: 'Portugal', device },
    unsPath,
    timestamp: sample.timestamp ?? new Date('2026-01-01T00:00:00Z'),
    fingerprint: hash(metrics.map((metric) => metric.fingerprint.toString('hex')).join()),
    identityProperty: sample.identityProperty ?? null,
    unread: sample.unread ?? [],
    unidentified: sample.unidentified ?? false,
    nameOfAlias: (alias) => sample.aliases?.[alias] ?? null,
    fingerprints: { length: metrics.length, at: (ordinal) => metrics[ordinal]?.fingerprint ?? null },
    metrics: async function* (known, only): AsyncGenerator<BirthMetric[]> {
      yield metrics
        .filter((metric) => only?.(metric.ordinal) ?? true)
        .map((metric) => (known.has(metric.fingerprint) ? { ...metric, properties: null } : metric));
    },
  };
}
