import type { TypedProperty, TypedValue } from '../typing/typed-property.ts';
import { FINGERPRINT_VERSION } from './canonical-form.ts';
import { KeyHashes } from './key-hashes.ts';
import { Murmur128 } from './murmur128.ts';

/** What the store holds of a metric. Its own value is none of it. */
export interface FingerprintedMetric {
  readonly name: string;
  readonly unsPath: string;
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
const typeSeeds = { int: 1, long: 2, float: 3, double: 4, string: 5, boolean: 6 } as const;

/**
 * Hashes metrics: name, path, datatype, and each property that is not volatile with its type and value. Properties are
 * hashed one by one and added up, so that their order does not matter and nothing is sorted.
 *
 * 128 bits make an accidental meeting among a million metrics less likely than 1e-26. Forging one gains nobody
 * anything: an edge could hide its own change from itself. So a cryptographic hash is not needed, and
 * `crypto.hash('md5')` costs four times as much: not for the hash, but for the call and the sorted text it wants.
 */
export function createMetricFingerprint(o: { volatile: Iterable<string> }): MetricFingerprint {
  const keys = new KeyHashes(o.volatile);
  const hash = new Murmur128();
  return ({ name, unsPath, datatype, properties }, into = Buffer.allocUnsafe(16)) => {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let count = 0;
    for (const property of properties) {
      const key = keys.of(property.key);
      if (key === null) continue;
      hash.set(key.a, key.b, key.c, key.d ^ typeSeeds[property.type]);
      hashValue(hash, property);
      a = (a + hash.a) | 0;
      b = (b + hash.b) | 0;
      c = (c + hash.c) | 0;
      d = (d + hash.d) | 0;
      count++;
    }
    // Most paths end with the name: its characters are read once.
    const own = unsPath.endsWith(name) ? unsPath.length - name.length : unsPath.length;
    hash.reset(METRIC_SEED);
    hash.string(name);
    hash.string(own < unsPath.length ? unsPath.slice(0, own) : unsPath);
    hash.words(datatype, count, name.length, unsPath.length);
    hash.words(a, b, c, d);
    return hash.digest(into);
  };
}

const number = new DataView(new ArrayBuffer(8));

function hashValue(hash: Murmur128, property: TypedValue): void {
  switch (property.type) {
    case 'string':
      hash.string(property.value);
      break;
    case 'boolean':
      hash.words(property.value ? 1 : 0, 0, 0, 0);
      break;
    case 'int':
      hash.words(property.value, 0, 0, 0);
      break;
    case 'long':
      if (typeof property.value === 'bigint') {
        number.setBigInt64(0, property.value, true);
        hash.words(number.getInt32(0, true), number.getInt32(4, true), 1, 0);
      } else hashNumber(hash, property.value);
      break;
    case 'float':
    case 'double':
      hashNumber(hash, property.value);
      break;
  }
}

function hashNumber(hash: Murmur128, value: number): void {
  // A NaN may carry any payload; to the store all are one.
  if (Number.isNaN(value)) {
    hash.words(0, 0x7ff80000, 0, 0);
    return;
  }
  number.setFloat64(0, value, true);
  hash.words(number.getInt32(0, true), number.getInt32(4, true), 0, 0);
}
