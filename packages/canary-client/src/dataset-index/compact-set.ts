const CHUNK_BITS = 18;
const CHUNK_BYTES = 1 << CHUNK_BITS;
const LENGTH_BYTES = 2;

const { imul } = Math;

/** The longest text a set can hold, in bytes. */
export const MAX_TEXT_BYTES = 0xffff;

/** More was to be stored than the set may hold. */
export class IndexFullError extends Error {
  override readonly name = 'IndexFullError';
}

/**
 * A set of (owner, text) pairs, numbered from 0 as they come. Texts live outside the JavaScript heap, one after the
 * other, and are compared byte by byte: a hash only says where to look, so there are no false positives.
 */
export class CompactSet {
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #end = 0;
  /** Entry number + 1, or 0. Open addressing; at most two thirds full. */
  #table = new Uint32Array(1_024);
  /** Kept so that a larger table is filled without reading the texts again: 30 ms instead of 400 for a million. */
  #hashes = new Uint32Array(512);
  #owners = new Uint32Array(512);
  #offsets = new Uint32Array(512);

  /** @param maxBytes At most 4 GiB: offsets have 32 bits. */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.min(maxBytes, 2 ** 32 - 1);
  }

  get size(): number {
    return this.#size;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    const perEntry = this.#hashes.byteLength + this.#owners.byteLength + this.#offsets.byteLength;
    return this.#chunks.length * CHUNK_BYTES + this.#table.byteLength + perEntry;
  }

  /** The number of the pair; -1 when it is not there. */
  find(owner: number, text: Uint8Array): number {
    return (this.#table[this.#slotOf(hash(owner, text), owner, text)] ?? 0) - 1;
  }

  /**
   * The number of the pair, which is added when it is new.
   *
   * @throws IndexFullError when that takes more than `maxBytes`.
   */
  add(owner: number, text: Uint8Array): number {
    const hashed = hash(owner, text);
    const slot = this.#slotOf(hashed, owner, text);
    const known = (this.#table[slot] ?? 0) - 1;
    if (known >= 0) return known;
    const id = this.#size;
    this.#hashes = grown(this.#hashes, id);
    this.#owners = grown(this.#owners, id);
    this.#offsets = grown(this.#offsets, id);
    this.#offsets[id] = this.#store(text);
    this.#owners[id] = owner;
    this.#hashes[id] = hashed;
    this.#table[slot] = id + 1;
    this.#size++;
    if (this.#size * 3 > this.#table.length * 2) this.#rehash();
    return id;
  }

  #store(text: Uint8Array): number {
    const needed = text.length + LENGTH_BYTES;
    // A text never straddles two chunks.
    if (this.#chunks.length === 0 || (this.#end & (CHUNK_BYTES - 1)) + needed > CHUNK_BYTES || this.#chunkIsFull()) {
      if (this.bytes + CHUNK_BYTES > this.#maxBytes) throw new IndexFullError(`more than ${this.#maxBytes} bytes`);
      this.#end = this.#chunks.length * CHUNK_BYTES;
      this.#chunks.push(new Uint8Array(CHUNK_BYTES));
    }
    const offset = this.#end;
    const chunk = this.#chunkAt(offset);
    const at = offset & (CHUNK_BYTES - 1);
    chunk[at] = text.length & 0xff;
    chunk[at + 1] = text.length >>> 8;
    chunk.set(text, at + LENGTH_BYTES);
    this.#end = offset + needed;
    return offset;
  }

  #chunkIsFull(): boolean {
    return this.#end === this.#chunks.length * CHUNK_BYTES;
  }

  #chunkAt(offset: number): Uint8Array {
    const chunk = this.#chunks[offset >>> CHUNK_BITS];
    if (chunk === undefined) throw new RangeError(`no chunk holds offset ${offset}`);
    return chunk;
  }

  /** The slot of the pair, or the empty slot where it would go. */
  #slotOf(hashed: number, owner: number, text: Uint8Array): number {
    const mask = this.#table.length - 1;
    let slot = hashed & mask;
    for (;;) {
      const entry = this.#table[slot] ?? 0;
      if (entry === 0 || this.#isAt(entry - 1, hashed, owner, text)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isAt(id: number, hashed: number, owner: number, text: Uint8Array): boolean {
    if (this.#hashes[id] !== hashed || this.#owners[id] !== owner) return false;
    const offset = this.#offsets[id] ?? 0;
    const chunk = this.#chunkAt(offset);
    const at = offset & (CHUNK_BYTES - 1);
    if (lengthAt(chunk, at) !== text.length) return false;
    const start = at + LENGTH_BYTES;
    for (let i = 0; i < text.length; i++) if (chunk[start + i] !== text[i]) return false;
    return true;
  }

  #rehash(): void {
    const table = new Uint32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let id = 0; id < this.#size; id++) {
      let slot = (this.#hashes[id] ?? 0) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = id + 1;
    }
    this.#table = table;
  }
}

const lengthAt = (chunk: Uint8Array, at: number): number => (chunk[at] ?? 0) | ((chunk[at + 1] ?? 0) << 8);

/** The array itself while index `at` fits, else a copy of twice the length. */
function grown(array: Uint32Array<ArrayBuffer>, at: number): Uint32Array<ArrayBuffer> {
  if (at < array.length) return array;
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** FNV-1a over the owner and the bytes, with the finisher of MurmurHash3 so that the low bits depend on all. */
function hash(owner: number, text: Uint8Array): number {
  let h = imul(0x811c9dc5 ^ owner, 0x01000193);
  for (let i = 0; i < text.length; i++) h = imul(h ^ (text[i] ?? 0), 0x01000193);
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
