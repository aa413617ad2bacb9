import type { TypedProperty } from '../typing/typed-property.ts';
import { FINGERPRINT_VERSION } from './canonical-form.ts';
import { Murmur128 } from './murmur128.ts';

/** What the store holds of a metric. Its own value is none of it. */
export interface FingerprintedMetric {
  readonly name: string;
  readonly unsPath: string;
  /** What the path is made of besides the name, as the mapper says; the fingerprint is the same without, but slower. */
  readonly prefix?: string | null;
  /** Sparkplug datatype code. */
  readonly datatype: number;
  /** In any order; no key twice. */
  readonly properties: readonly TypedProperty[];
}

/**
 * 16 bytes, the same in every process for the same metric. They are written to `into`: a buffer that is used again and
 * again where only the birth's fingerprint is wanted, else a new one.
 */
export type MetricFingerprint = (metric: FingerprintedMetric, into?: Buffer) => Buffer;

const METRIC_SEED = 0x100 + FINGERPRINT_VERSION;

/**
 * Hashes metrics: name, path, datatype, and each property that is not volatile with its type and value. Properties have
 * their own hashes, which are added up, so that their order does not matter and nothing is sorted.
 *
 * 128 bits make an accidental meeting among a million metrics less likely than 1e-26. Forging one gains nobody
 * anything: an edge could hide its own change from itself. So a cryptographic hash is not needed, and
 * `crypto.hash('md5')` costs three times as much: not for the hash, but for the call and the sorted text it wants.
 */
export function createMetricFingerprint(o: { volatile: Iterable<string> }): MetricFingerprint {
  const volatile = new Set(o.volatile);
  const hash = new Murmur128();
  const beginning = new Murmur128();
  let begun: string | null = null;
  return ({ name, unsPath, prefix, datatype, properties }, into = Buffer.allocUnsafe(16)) => {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let count = 0;
    for (const property of properties) {
      if (volatile.has(property.key)) continue;
      const own = property.hash;
      a = (a + own.a) | 0;
      b = (b + own.b) | 0;
      c = (c + own.c) | 0;
      d = (d + own.d) | 0;
      count++;
    }
    // Most paths end with the name. What stands before it is the same for all metrics of a device.
    const before = prefix ?? (unsPath.endsWith(name) ? unsPath.slice(0, unsPath.length - name.length) : unsPath);
    if (before !== begun) {
      beginning.reset(METRIC_SEED);
      beginning.string(before);
      begun = before;
    }
    hash.set(beginning.a, beginning.b, beginning.c, beginning.d);
    hash.string(name);
    hash.words(datatype, count, name.length, unsPath.length);
    hash.words(a, b, c, d);
    return hash.digest(into);
  };
}
