import { describe, expect, it } from '@jest/globals';
import { Murmur128 } from './murmur128.ts';

const digest = (hash: Murmur128): string => hash.digest(Buffer.alloc(16)).toString('hex');

describe('MurmurHash3_x86_128', () => {
  // From the reference implementation, seed 42, over the UTF-16LE bytes.
  it.each([
    ['', 'b62c6dafba0cc895ba0cc895ba0cc895'],
    ['ab', '821a8e158fc99ae78fc99ae78fc99ae7'],
    ['abcdefg', 'bf02a3adbd0d44ba8ead87035ea708a4'],
    ['abcdefgh', 'e955c305e03ef76b7caafe15da86adde'],
    ['Maceira/400 - Clinker Production/431 - Kiln', 'fec8badfbaef73180fed119c16059bd1'],
    ['São Mamede 水 🌀', 'be5986c6551d55778d1a09cdb8c3d922'],
  ])('TC-03 hashes %j as the reference does', (text, expected) => {
    const hash = new Murmur128();
    hash.reset(42);
    hash.string(text);
    expect(digest(hash)).toBe(expected);
  });

  it('TC-03 hashes four words as their sixteen bytes', () => {
    const [words, text] = [new Murmur128(), new Murmur128()];
    words.words(0x00620061, 0x00640063, 0x00660065, 0x00680067);
    text.string('abcdefgh');
    expect(digest(words)).toBe(digest(text));
  });
});
