/** Looked up once: globals are slow in the contexts that tests run in. */
const { imul } = Math;
/** Two words make an entry; both 0 is none. */
const WORDS = 2;
const FIRST_SLOTS = 64;

/**
 * A set of names that keeps 64 bits of each: names may take 4 KB, and a birth have two million of them. So it may take a name for one
 * it has, with a probability of 1 in 9 million among two million names. Open addressing with linear probing, at most half full.
 */
export class NameSet {
  #words = new Uint32Array(FIRST_SLOTS * WORDS);
  #mask = FIRST_SLOTS - 1;
  #size = 0;
  #low = 0;
  #high = 0;

  get size(): number {
    return this.#size;
  }

  /** What it holds, in bytes. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  add(name: string): void {
    if (this.#size * 2 > this.#mask) this.#grow();
    this.#hash(name);
    const at = this.#find(this.#low, this.#high);
    if (this.#isFree(at)) this.#put(at, this.#low, this.#high);
  }

  has(name: string): boolean {
    if (this.#size === 0) return false;
    this.#hash(name);
    return !this.#isFree(this.#find(this.#low, this.#high));
  }

  /** Two multiplications for each character, each word mixed with the other in the end. */
  #hash(name: string): void {
    let low = 0xdeadbeef;
    let high = 0x41c6ce57;
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i);
      low = imul(low ^ unit, 0x9e3779b1);
      high = imul(high ^ unit, 0x5f356495);
    }
    low = imul(low ^ (low >>> 16), 0x85ebca6b) ^ imul(high ^ (high >>> 13), 0xc2b2ae35);
    high = imul(high ^ (high >>> 16), 0x85ebca6b) ^ imul(low ^ (low >>> 13), 0xc2b2ae35);
    this.#low = low >>> 0;
    this.#high = low === 0 && high === 0 ? 1 : high >>> 0;
  }

  /** Where the entry is, else the free place where it belongs. */
  #find(low: number, high: number): number {
    let slot = low & this.#mask;
    for (;;) {
      const at = slot * WORDS;
      if (this.#isFree(at) || (this.#words[at] === low && this.#words[at + 1] === high)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }

  #isFree(at: number): boolean {
    return this.#words[at] === 0 && this.#words[at + 1] === 0;
  }

  #put(at: number, low: number, high: number): void {
    this.#words[at] = low;
    this.#words[at + 1] = high;
    this.#size++;
  }

  #grow(): void {
    const words = this.#words;
    this.#words = new Uint32Array(words.length * 2);
    this.#mask = this.#words.length / WORDS - 1;
    this.#size = 0;
    for (let at = 0; at < words.length; at += WORDS) {
      const low = words[at] ?? 0;
      const high = words[at + 1] ?? 0;
      if (low !== 0 || high !== 0) this.#put(this.#find(low, high), low, high);
    }
  }
}
