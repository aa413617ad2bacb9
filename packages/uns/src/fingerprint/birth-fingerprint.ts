import { Murmur128 } from './murmur128.ts';

const BIRTH_SEED = 0x200;

/**
 * The fingerprint of a whole birth, whatever the order of its metrics. Fingerprints are added up, so that one that
 * occurs twice counts twice. `canonicalFormVersion` is part of it.
 */
export interface BirthFingerprint {
  /** A metric's fingerprint: 16 bytes, else a RangeError. */
  add(metric: Buffer): void;
  /** 16 bytes; may be asked for at any time. */
  digest(): Buffer;
}

export function createBirthFingerprint(canonicalFormVersion: string): BirthFingerprint {
  let [a, b, c, d, count] = [0, 0, 0, 0, 0];
  return {
    add(metric) {
      if (metric.length !== 16) throw new RangeError(`a fingerprint has 16 bytes, not ${metric.length}`);
      a = (a + metric.readInt32LE(0)) | 0;
      b = (b + metric.readInt32LE(4)) | 0;
      c = (c + metric.readInt32LE(8)) | 0;
      d = (d + metric.readInt32LE(12)) | 0;
      count++;
    },
    digest() {
      const hash = new Murmur128();
      hash.reset(BIRTH_SEED);
      hash.string(canonicalFormVersion);
      hash.words(count, 0, 0, 0);
      hash.words(a, b, c, d);
      return hash.digest(Buffer.alloc(16));
    },
  };
}
