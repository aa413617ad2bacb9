import { CompactSet, IndexFullError, MAX_TEXT_BYTES } from './compact-set.ts';

/** Conflicts beyond this many are counted, not kept. */
const MAX_CONFLICTS_KEPT = 10_000;

export interface TagIndexLimits {
  readonly maxTags: number;
  readonly maxBytes: number;
}

/** Which dataset holds a tag: the first of the series that does, and the others. Datasets go by their number. */
export interface Holder {
  readonly dataset: number;
  readonly alsoIn: readonly number[];
}

/**
 * The datasets of up to millions of tags. A tag is stored as its parent, which it shares with its siblings, and its
 * last segment: some 50 bytes for a path of 80.
 */
export class CompactTagIndex {
  readonly #limits: TagIndexLimits;
  readonly #parents: CompactSet;
  readonly #tags: CompactSet;
  readonly #conflicts = new Map<number, readonly number[]>();
  readonly #encoder = new TextEncoder();
  readonly #scratch = new Uint8Array(MAX_TEXT_BYTES);
  #datasets = new Uint16Array(512);
  #conflictCount = 0;
  #skipped = 0;

  constructor(limits: TagIndexLimits) {
    this.#limits = limits;
    this.#parents = new CompactSet(limits.maxBytes);
    this.#tags = new CompactSet(limits.maxBytes);
  }

  get size(): number {
    return this.#tags.size;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#parents.bytes + this.#tags.bytes + this.#datasets.byteLength;
  }

  /** How often a tag was seen in a further dataset. */
  get conflicts(): number {
    return this.#conflictCount;
  }

  /** Tags left out because no index could name them exactly: broken UTF-16, or a part of more than 64 kB. */
  get skipped(): number {
    return this.#skipped;
  }

  /** @throws IndexFullError beyond the limits. */
  add(key: string, dataset: number): void {
    const { parent, name } = split(key);
    const owner = this.#owner(parent, (text) => this.#parents.add(0, text));
    const text = owner === null ? null : this.#encode(name);
    if (owner === null || text === null) {
      this.#skipped++;
      return;
    }
    const before = this.#tags.size;
    if (before >= this.#limits.maxTags && this.#tags.find(owner, text) < 0) {
      throw new IndexFullError(`more than ${this.#limits.maxTags} tags`);
    }
    const id = this.#tags.add(owner, text);
    if (id < before) return this.#addHolder(id, dataset);
    if (id >= this.#datasets.length) {
      const larger = new Uint16Array(this.#datasets.length * 2);
      larger.set(this.#datasets);
      this.#datasets = larger;
    }
    this.#datasets[id] = dataset;
  }

  find(key: string): Holder | null {
    const { parent, name } = split(key);
    const owner = this.#owner(parent, (text) => this.#parents.find(0, text));
    const text = owner === null ? null : this.#encode(name);
    if (owner === null || text === null) return null;
    const id = this.#tags.find(owner, text);
    const dataset = this.#datasets[id];
    return id < 0 || dataset === undefined ? null : { dataset, alsoIn: this.#conflicts.get(id) ?? [] };
  }

  /** 0 for a tag without a parent, else the parent's number + 1; null when there is none. */
  #owner(parent: string | null, number: (text: Uint8Array) => number): number | null {
    if (parent === null) return 0;
    const text = this.#encode(parent);
    const id = text === null ? -1 : number(text);
    return id < 0 ? null : id + 1;
  }

  #addHolder(id: number, dataset: number): void {
    const first = this.#datasets[id] ?? dataset;
    const others = this.#conflicts.get(id) ?? [];
    if (dataset === first || others.includes(dataset)) return;
    this.#conflictCount++;
    this.#datasets[id] = Math.min(first, dataset);
    if (this.#conflicts.size >= MAX_CONFLICTS_KEPT && !this.#conflicts.has(id)) return;
    this.#conflicts.set(
      id,
      [...others, Math.max(first, dataset)].toSorted((a, b) => a - b),
    );
  }

  /** Valid until the next call. */
  #encode(text: string): Uint8Array | null {
    // A lone surrogate would be stored as U+FFFD and then be found under any other.
    if (!text.isWellFormed()) return null;
    const { read, written } = this.#encoder.encodeInto(text, this.#scratch);
    return read < text.length ? null : this.#scratch.subarray(0, written);
  }
}

function split(key: string): { parent: string | null; name: string } {
  const dot = key.lastIndexOf('.');
  return dot < 0 ? { parent: null, name: key } : { parent: key.slice(0, dot), name: key.slice(dot + 1) };
}
