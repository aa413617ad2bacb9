const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

/**
 * MurmurHash3_x86_128 (Austin Appleby, public domain) over strings, as their UTF-16 code units in little-endian bytes,
 * and over blocks of four 32-bit words.
 *
 * Pieces chain: the state one piece leaves is the seed of the next, and each is finalised with its length, which keeps
 * `'ab', 'c'` apart from `'a', 'bc'`. A single piece after `reset` has the hash that the algorithm defines.
 */
export class Murmur128 {
  a = 0;
  b = 0;
  c = 0;
  d = 0;

  reset(seed: number): void {
    this.set(seed, seed, seed, seed);
  }

  set(a: number, b: number, c: number, d: number): void {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  string(text: string): void {
    const { length } = text;
    let { a, b, c, d } = this;
    let i = 0;
    for (; i + 8 <= length; i += 8) {
      a = mixA(a, text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16), b);
      b = mixB(b, text.charCodeAt(i + 2) | (text.charCodeAt(i + 3) << 16), c);
      c = mixC(c, text.charCodeAt(i + 4) | (text.charCodeAt(i + 5) << 16), d);
      d = mixD(d, text.charCodeAt(i + 6) | (text.charCodeAt(i + 7) << 16), a);
    }
    // A word of zeros changes nothing, so that a missing tail needs no case of its own.
    a ^= scramble(codeAt(text, i) | (codeAt(text, i + 1) << 16), C1, 15, C2);
    b ^= scramble(codeAt(text, i + 2) | (codeAt(text, i + 3) << 16), C2, 16, C3);
    c ^= scramble(codeAt(text, i + 4) | (codeAt(text, i + 5) << 16), C3, 17, C4);
    d ^= scramble(codeAt(text, i + 6), C4, 18, C1);
    this.#finish(a, b, c, d, length * 2);
  }

  words(w0: number, w1: number, w2: number, w3: number): void {
    const a = mixA(this.a, w0, this.b);
    const b = mixB(this.b, w1, this.c);
    const c = mixC(this.c, w2, this.d);
    const d = mixD(this.d, w3, a);
    this.#finish(a, b, c, d, 16);
  }

  /** The 128 bits, each word little-endian, into 16 bytes. */
  digest(into: Buffer): Buffer {
    into.writeInt32LE(this.a, 0);
    into.writeInt32LE(this.b, 4);
    into.writeInt32LE(this.c, 8);
    into.writeInt32LE(this.d, 12);
    return into;
  }

  #finish(a: number, b: number, c: number, d: number, bytes: number): void {
    let h1 = a ^ bytes;
    let h2 = b ^ bytes;
    let h3 = c ^ bytes;
    let h4 = d ^ bytes;
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = avalanche((h2 + h1) | 0);
    h3 = avalanche((h3 + h1) | 0);
    h4 = avalanche((h4 + h1) | 0);
    h1 = avalanche(h1);
    h1 = (h1 + h2 + h3 + h4) | 0;
    this.a = h1;
    this.b = (h2 + h1) | 0;
    this.c = (h3 + h1) | 0;
    this.d = (h4 + h1) | 0;
  }
}

function codeAt(text: string, i: number): number {
  return i < text.length ? text.charCodeAt(i) : 0;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function scramble(word: number, before: number, bits: number, after: number): number {
  return Math.imul(rotate(Math.imul(word, before), bits), after);
}

function mixA(a: number, word: number, b: number): number {
  return (Math.imul((rotate(a ^ scramble(word, C1, 15, C2), 19) + b) | 0, 5) + 0x561ccd1b) | 0;
}

function mixB(b: number, word: number, c: number): number {
  return (Math.imul((rotate(b ^ scramble(word, C2, 16, C3), 17) + c) | 0, 5) + 0x0bcaa747) | 0;
}

function mixC(c: number, word: number, d: number): number {
  return (Math.imul((rotate(c ^ scramble(word, C3, 17, C4), 15) + d) | 0, 5) + 0x96cd1c35) | 0;
}

function mixD(d: number, word: number, a: number): number {
  return (Math.imul((rotate(d ^ scramble(word, C4, 18, C1), 13) + a) | 0, 5) + 0x32ac3b17) | 0;
}

function avalanche(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
