const words = 4;

/**
 * A set of 16-byte fingerprints in 32 bytes each, whatever their number: the fingerprints of a million metrics take 32 MB, where a
 * Set of strings takes 200. Open addressing with linear probing; fingerprints are hashes already, so their first word is the slot.
 */
export class FingerprintSet {
  #table: Uint32Array;
  #used: Uint8Array;
  #mask: number;
  #size = 0;

  constructor(expected = 1024) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#table = new Uint32Array(capacity * words);
    this.#used = new Uint8Array(capacity);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** @throws RangeError when the fingerprint does not have 16 bytes. */
  add(fingerprint: Buffer): void {
    if (this.#size * 2 > this.#mask) this.#grow();
    const slot = this.#find(read(fingerprint));
    if (this.#used[slot] === 1) return;
    this.#used[slot] = 1;
    this.#table.set(read(fingerprint), slot * words);
    this.#size += 1;
  }

  has(fingerprint: Buffer): boolean {
    return this.#used[this.#find(read(fingerprint))] === 1;
  }

  /** The slot that holds the value, else the free one where it belongs. */
  #find(value: Words): number {
    let slot = value[0] & this.#mask;
    while (this.#used[slot] === 1) {
      const at = slot * words;
      const t = this.#table;
      if (t[at] === value[0] && t[at + 1] === value[1] && t[at + 2] === value[2] && t[at + 3] === value[3]) return slot;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const [table, used] = [this.#table, this.#used];
    const capacity = used.length * 2;
    this.#table = new Uint32Array(capacity * words);
    this.#used = new Uint8Array(capacity);
    this.#mask = capacity - 1;
    for (let old = 0; old < used.length; old += 1) {
      if (used[old] !== 1) continue;
      const value = table.subarray(old * words, old * words + words);
      const slot = this.#find([value[0] ?? 0, value[1] ?? 0, value[2] ?? 0, value[3] ?? 0]);
      this.#used[slot] = 1;
      this.#table.set(value, slot * words);
    }
  }
}

type Words = [number, number, number, number];

function read(fingerprint: Buffer): Words {
  if (fingerprint.length !== 16) throw new RangeError(`a fingerprint has 16 bytes, this one ${fingerprint.length}`);
  return [
    fingerprint.readUInt32LE(0),
    fingerprint.readUInt32LE(4),
    fingerprint.readUInt32LE(8),
    fingerprint.readUInt32LE(12),
  ];
}
