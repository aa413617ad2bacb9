const bytes = 16;

/** The fingerprints of a birth's metrics by their ordinals, 16 bytes each. */
export class OrdinalFingerprints {
  #length = 0;
  #table = Buffer.alloc(1024 * bytes);
  /** One for each metric that has a fingerprint: others could not be stored. */
  #present = new Uint8Array(1024);

  get length(): number {
    return this.#length;
  }

  set(ordinal: number, fingerprint: Buffer): void {
    if (ordinal >= this.#present.length) this.#grow(ordinal);
    fingerprint.copy(this.#table, ordinal * bytes);
    this.#present[ordinal] = 1;
    this.#length = Math.max(this.#length, ordinal + 1);
  }

  at(ordinal: number): Buffer | null {
    return this.#present[ordinal] === 1 ? this.#table.subarray(ordinal * bytes, (ordinal + 1) * bytes) : null;
  }

  #grow(ordinal: number): void {
    const capacity = Math.max(ordinal + 1, this.#present.length * 2);
    const [table, present] = [Buffer.alloc(capacity * bytes), new Uint8Array(capacity)];
    this.#table.copy(table);
    present.set(this.#present);
    this.#table = table;
    this.#present = present;
  }
}
