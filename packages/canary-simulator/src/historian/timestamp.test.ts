import { describe, expect, it } from '@jest/globals';
import { compareTimestamps, formatTimestamp, oneTickAfter, parseTimestamp, TimestampReader } from './timestamp.ts';

const formatted = (text: string): string | undefined => {
  const parsed = parseTimestamp(text);
  return parsed === undefined ? undefined : formatTimestamp(parsed);
};

describe('timestamps', () => {
  it.each([
    ['2025-08-26T12:00:00Z', '2025-08-26T12:00:00.0000000Z'],
    ['2025-08-26T12:00:00.1234567Z', '2025-08-26T12:00:00.1234567Z'],
    ['2025-08-26T12:00:00.5+01:30', '2025-08-26T10:30:00.5000000Z'],
    ['2025-08-26T23:00:00-0200', '2025-08-27T01:00:00.0000000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.0000000Z'],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00.0000000Z'],
    ['1969-12-31T23:59:59.9999999Z', '1969-12-31T23:59:59.9999999Z'],
  ])('CT-02 %s is taken', (text, expected) => {
    expect(formatted(text)).toBe(expected);
  });

  it.each([
    ['no zone', '2025-08-26T12:00:00'],
    ['no time', '2025-08-26'],
    ['a blank for the T', '2025-08-26 12:00:00Z'],
    ['eight fractional digits', '2025-08-26T12:00:00.12345678Z'],
    ['a day that does not exist', '2025-02-29T12:00:00Z'],
    ['a month that does not exist', '2025-13-01T12:00:00Z'],
    ['an hour that does not exist', '2025-08-26T24:00:00Z'],
    ['a second that does not exist', '2025-08-26T23:59:60Z'],
    ['a zone that does not exist', '2025-08-26T12:00:00+15:00'],
    ['something after it', '2025-08-26T12:00:00Z '],
  ])('CT-02 %s is refused', (_what, text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('tells apart what lies 100 ns apart', () => {
    const early = parseTimestamp('2025-08-26T12:00:00.9999998Z');
    const late = parseTimestamp('2025-08-26T12:00:00.9999999Z');
    if (early === undefined || late === undefined) throw new Error('not parsed');
    expect(compareTimestamps(early, late)).toBeLessThan(0);
    expect(formatTimestamp(oneTickAfter(early))).toBe('2025-08-26T12:00:00.9999999Z');
    expect(formatTimestamp(oneTickAfter(late))).toBe('2025-08-26T12:00:01.0000000Z');
  });

  it('remembers the last text, not the one before', () => {
    const reader = new TimestampReader();
    const first = reader.read('2025-08-26T12:00:00Z');
    expect(reader.read('2025-08-26T12:00:00Z')).toBe(first);
    expect(reader.read('not a time')).toBeUndefined();
    expect(reader.read('2025-08-26T12:00:00Z')).toEqual(first);
  });
});
