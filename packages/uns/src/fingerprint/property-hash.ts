import { Murmur128 } from './murmur128.ts';

/** 128 bits of a property's key, type and value. */
export interface PropertyHash {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

const typeSeeds = { int: 1, long: 2, float: 3, double: 4, string: 5, boolean: 6 } as const;

const number = new DataView(new ArrayBuffer(8));

/** `value` is of the type's own: a long is a bigint only beyond 2^53 - 1, and no number is -0. */
export function hashProperty(
  key: string,
  type: keyof typeof typeSeeds,
  value: string | number | bigint | boolean,
): PropertyHash {
  const hash = new Murmur128();
  hash.reset(typeSeeds[type]);
  hash.string(key);
  if (typeof value === 'string') {
    hash.string(value);
  } else if (typeof value === 'number') {
    // A NaN may carry any payload; to the store all are one.
    number.setFloat64(0, Number.isNaN(value) ? 0 : value, true);
    hash.words(number.getInt32(0, true), number.getInt32(4, true), 0, Number.isNaN(value) ? 1 : 0);
  } else if (typeof value === 'bigint') {
    number.setBigInt64(0, value, true);
    hash.words(number.getInt32(0, true), number.getInt32(4, true), 1, 0);
  } else {
    hash.words(value ? 1 : 0, 0, 0, 0);
  }
  return hash;
}
