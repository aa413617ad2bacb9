/** A bounded map that forgets: entries after `ttlMs`, and the oldest when it is full. */
export class ExpiringMap<V> {
  readonly #ttlMs: number;
  readonly #maxSize: number;
  readonly #monotonic: () => number;
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>();

  constructor(options: { ttlMs: number; maxSize: number; monotonic: () => number }) {
    this.#ttlMs = options.ttlMs;
    this.#maxSize = options.maxSize;
    this.#monotonic = options.monotonic;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#monotonic() < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxSize) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, { value, until: this.#monotonic() + this.#ttlMs });
  }
}
