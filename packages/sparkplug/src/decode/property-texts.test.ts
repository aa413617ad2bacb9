import { describe, expect, it } from '@jest/globals';
import { reasonsOf, valuesOf } from '../testing/read-birth.ts';
import { propertiesOf, propertyOf } from '../testing/read-property.ts';
import { delimited, varint } from '../testing/wire-bytes.ts';

describe('texts', () => {
  it.each<readonly [string, string]>([
    ['ASCII', 'Specific heat consumption, kiln 1'],
    ['accents', 'Température du séparateur à 400 °C, São João da Maceira'],
    ['other scripts', 'Цемент 水泥 セメント'],
    ['astral characters', 'kiln 🔥 hot'],
    ['a replacement character that was sent', 'bad \uFFFD but sent'],
    ['a long text with accents', 'é'.repeat(5_000)],
    ['the ends of Latin-1', '\u007f\u0080\u00ff\u0100'],
    ['three bytes', 'aé\u20ac'],
    ...[252, 253, 254, 255, 256, 257].map(
      (bytes) => [`an accent at the end of ${bytes} bytes`, `${'a'.repeat(bytes - 2)}é`] as const,
    ),
    ...[0, 1, 2, 3, 4, 5].map(
      (at) => [`an accent after ${at}`, `${'a'.repeat(at)}é${'\u0001'.repeat(5 - at)}`] as const,
    ),
    ...[0, 1, 2, 3].map((length) => [`${length} characters`, 'abc'.slice(0, length)] as const),
  ])('SPB-16 reads %s as it was sent', async (_name, content) => {
    expect(valuesOf(await propertiesOf([{ key: 'p', type: 12, value: content }]))).toEqual({ p: content });
  });

  it.each<readonly [string, Buffer]>([
    ['a Latin-1 byte', Buffer.from([0x34, 0x30, 0xb0, 0x43])],
    ['a cut character', Buffer.from([0x61, 0xc3])],
    ['an overlong character', Buffer.from([0xc0, 0x80])],
    ['a NUL', Buffer.from('abc\0defgh')],
    ['a NUL among accents', Buffer.from('é\0')],
    ...[0, 1, 2, 3, 4].map((at) => [`a NUL after ${at}`, Buffer.from(`${'a'.repeat(at)}\0\u0001b`)] as const),
    ['half a character at byte 256', Buffer.concat([Buffer.alloc(255, 'a'), Buffer.from([0xc3])])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ])('leaves out a text with %s instead of storing something else', async (_name, bytes) => {
    const metric = await propertyOf(varint(1, 12), delimited(8, bytes));
    expect(metric.properties).toEqual([]);
    expect(reasonsOf(metric)).toEqual(['STRING_NOT_TEXT']);
  });
});
