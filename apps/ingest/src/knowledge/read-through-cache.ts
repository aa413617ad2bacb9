interface Entry<V> {
  value: Promise<V>;
  weight: number;
}

/**
 * What was read from the store, by key: the entries used last, as many as weigh no more than `limit` together. Reads of one key at the
 * same time are one read; what is put meanwhile is newer than what it brings.
 */
export class ReadThroughCache<V> {
  readonly #limit: number;
  readonly #weigh: (value: V) => number;
  readonly #entries = new Map<string, Entry<V>>();
  #weight = 0;

  constructor(o: { limit: number; weigh: (value: V) => number }) {
    this.#limit = o.limit;
    this.#weigh = o.weigh;
  }

  get weight(): number {
    return this.#weight;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Rejects as `read` does, and forgets that it tried. */
  async get(key: string, read: () => Promise<V>): Promise<V> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#use(key, known);
      return known.value;
    }
    const entry: Entry<V> = { value: read(), weight: 0 };
    this.#use(key, entry);
    try {
      const value = await entry.value;
      if (this.#entries.get(key) === entry) this.#reweigh(key, entry, this.#weigh(value));
      return value;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.forget(key);
      throw error;
    }
  }

  put(key: string, value: V): void {
    this.forget(key);
    const entry: Entry<V> = { value: Promise.resolve(value), weight: 0 };
    this.#use(key, entry);
    this.#reweigh(key, entry, this.#weigh(value));
  }

  forget(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }

  #use(key: string, entry: Entry<V>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #reweigh(key: string, entry: Entry<V>, weight: number): void {
    this.#weight += weight - entry.weight;
    entry.weight = weight;
    this.#use(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#limit) return;
      this.forget(oldest);
    }
  }
}
