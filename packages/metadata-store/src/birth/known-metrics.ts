const words = 4;

const [free, unseen, seen] = [0, 1, 2];

/**
 * The metrics of a device that are in use, by their 16-byte fingerprints: 50 to 100 bytes each, so those of a million metrics take 100 MB
 * at most, where a Map of strings takes 250. Open addressing with linear probing; fingerprints are hashes already, so their first word is
 * the slot.
 */
export class KnownMetrics {
  #table: Uint32Array;
  #ids: Float64Array;
  /** Of each slot: free, or whether the birth has had the metric. */
  #state: Uint8Array;
  /** Metrics whose fingerprint is forgotten: they are compared property by property. */
  readonly #nameless: number[] = [];
  #mask: number;
  #size = 0;

  constructor(expected = 1024) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#table = new Uint32Array(capacity * words);
    this.#ids = new Float64Array(capacity);
    this.#state = new Uint8Array(capacity);
    this.#mask = capacity - 1;
  }

  /** Those whose fingerprint is known. */
  get size(): number {
    return this.#size;
  }

  /** Ids are exact up to 2^53. @throws RangeError when the fingerprint does not have 16 bytes. */
  add(fingerprint: Buffer | null, metricId: number): void {
    if (fingerprint === null) {
      this.#nameless.push(metricId);
      return;
    }
    if (this.#size * 2 > this.#mask) this.#grow();
    const slot = this.#find(read(fingerprint));
    if (this.#state[slot] !== free) return;
    this.#state[slot] = unseen;
    this.#ids[slot] = metricId;
    this.#table.set(read(fingerprint), slot * words);
    this.#size += 1;
  }

  has(fingerprint: Buffer): boolean {
    return this.#state[this.#find(read(fingerprint))] !== free;
  }

  /** Notes that the birth has the metric as it is stored. False when it is not stored so, or was seen before. */
  see(fingerprint: Buffer): boolean {
    const slot = this.#find(read(fingerprint));
    if (this.#state[slot] !== unseen) return false;
    this.#state[slot] = seen;
    return true;
  }

  /** The metrics that were not seen: changed, or gone. */
  absent(): number[] {
    const ids = [...this.#nameless];
    for (const [slot, state] of this.#state.entries()) if (state === unseen) ids.push(this.#ids[slot] ?? 0);
    return ids;
  }

  /** The slot that holds the value, else the free one where it belongs. */
  #find(value: Words): number {
    let slot = value[0] & this.#mask;
    while (this.#state[slot] !== free) {
      const at = slot * words;
      const t = this.#table;
      if (t[at] === value[0] && t[at + 1] === value[1] && t[at + 2] === value[2] && t[at + 3] === value[3]) return slot;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const [table, ids, state] = [this.#table, this.#ids, this.#state];
    const capacity = state.length * 2;
    this.#table = new Uint32Array(capacity * words);
    this.#ids = new Float64Array(capacity);
    this.#state = new Uint8Array(capacity);
    this.#mask = capacity - 1;
    for (const [old, was] of state.entries()) {
      if (was === free) continue;
      const value = table.subarray(old * words, old * words + words);
      const slot = this.#find([value[0] ?? 0, value[1] ?? 0, value[2] ?? 0, value[3] ?? 0]);
      this.#state[slot] = was;
      this.#ids[slot] = ids[old] ?? 0;
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
