import { Murmur128 } from './murmur128.ts';

const MAX_KEYS = 4096;

/**
 * The hashes of property keys, remembered: a birth has a dozen keys and repeats each of them with every metric. Null
 * for the volatile ones, which are left out.
 */
export class KeyHashes {
  readonly #hashes = new Map<string, Murmur128 | null>();

  constructor(volatile: Iterable<string>) {
    for (const key of volatile) this.#hashes.set(key, null);
  }

  of(key: string): Readonly<Murmur128> | null {
    const known = this.#hashes.get(key);
    if (known !== undefined) return known;
    const hash = new Murmur128();
    hash.string(key);
    // Keys come from the wire: what is remembered is bounded.
    if (this.#hashes.size < MAX_KEYS) this.#hashes.set(key, hash);
    return hash;
  }
}
