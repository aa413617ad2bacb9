import type { Scalar } from './scalar.ts';

const shardCount = 64;
const pageBits = 14;

/**
 * Numbers each distinct value once, from 1. Metadata repeats itself (units, permissions, modes), so points hold numbers and not values.
 * Sharded because a Map of millions of entries stops the thread for 100 ms each time it grows.
 */
export class Dictionary<T extends Scalar> {
  readonly #shards = Array.from({ length: shardCount }, () => new Map<T, number>());
  readonly #pages: T[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of the value if it has one. */
  find(value: T): number | undefined {
    return this.#shard(value).get(value);
  }

  /** The number of the value, which is given one if it has none. */
  number(value: T): number {
    const shard = this.#shard(value);
    const known = shard.get(value);
    if (known !== undefined) return known;
    let page = this.#pages[this.#size >>> pageBits];
    if (page === undefined) {
      page = [];
      this.#pages.push(page);
    }
    page.push(value);
    this.#size += 1;
    shard.set(value, this.#size);
    return this.#size;
  }

  /** @throws RangeError when no value has this number */
  value(number: number): T {
    const index = number - 1;
    const value = this.#pages[index >>> pageBits]?.[index & ((1 << pageBits) - 1)];
    if (value === undefined) throw new RangeError(`no value has the number ${number}`);
    return value;
  }

  #shard(value: T): Map<T, number> {
    const shard = this.#shards[typeof value === 'string' ? spread(value) : Number(value) & (shardCount - 1)];
    if (shard === undefined) throw new RangeError('shard out of range');
    return shard;
  }
}

/** Cheap and even enough: texts of metadata differ at the end or in length. */
function spread(text: string): number {
  const { length } = text;
  if (length === 0) return 0;
  const mixed =
    length * 31 + text.charCodeAt(length - 1) * 17 + text.charCodeAt(length >>> 1) * 7 + text.charCodeAt(0) * 3;
  return mixed & (shardCount - 1);
}
