import { describe, expect, it } from '@jest/globals';
import { Keys } from './keys.ts';
import { KnownProperties, LONG, SHORT } from './known-properties.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { Source } from '../protobuf.ts';

const property = { key: 'k', type: 12, value: 'v', memo: undefined };
const [first, second] = ['first', 'second'].map((text) =>
  new Keys(DEFAULT_LIMITS).read(new Source(Buffer.from(text)), 0, text.length),
);

/** Bytes in the middle of others, as in a payload. */
function placed(bytes: Buffer): DataView {
  const buffer = Buffer.concat([Buffer.from('xyz'), bytes, Buffer.from('abc')]);
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

describe('properties seen before', () => {
  it.each([
    ['short', SHORT],
    ['long', LONG],
  ])('SPB-16 are found by every byte of their %s values, their length and their key', (_kind, longest) => {
    if (first === undefined || second === undefined) throw new Error('a key could not be read');
    for (let length = 0; length <= longest; length += 1) {
      const known = new KnownProperties({ longest, mostSlots: 64 });
      const value = Buffer.from(Array.from({ length }, (_, i) => i + 1));
      const find = (bytes: Buffer, key = first) => known.find(key, placed(bytes), 3, bytes.length);
      expect(find(value)).toBeNull();
      known.remember(property, placed(value), 3, length);
      expect(find(value)).toBe(property);
      const other = { ...second, id: first.id + 1 };
      expect(find(value, other)).toBeNull();
      expect(find(Buffer.concat([value, Buffer.from([9])]).subarray(0, longest))).toBe(
        length === longest ? property : null,
      );
      for (let at = 0; at < length; at += 1) {
        const changed = Buffer.from(value);
        changed[at] = (changed[at] ?? 0) ^ 0x80;
        expect(find(changed)).toBeNull();
      }
    }
  });

  it('are forgotten for others rather than kept without bound', () => {
    if (first === undefined) throw new Error('the key could not be read');
    const known = new KnownProperties({ longest: SHORT, mostSlots: 256 });
    const value = (n: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32LE(n, 2);
      return placed(bytes);
    };
    let found = 0;
    for (let n = 0; n < 10_000; n += 1) {
      if (known.find(first, value(n), 3, 8) === null) known.remember({ ...property, value: n }, value(n), 3, 8);
    }
    for (let n = 0; n < 10_000; n += 1) {
      const one = known.find(first, value(n), 3, 8);
      if (one === null) continue;
      expect(one.value).toBe(n);
      found += 1;
    }
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThanOrEqual(256);
  });
});
