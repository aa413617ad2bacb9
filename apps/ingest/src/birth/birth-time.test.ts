import { describe, expect, it } from '@jest/globals';
import { birthTime } from './birth-time.ts';

const received = new Date('2026-01-01T12:00:00Z');

describe('the time of a birth', () => {
  it.each([
    ['the publisher says it', BigInt(received.getTime() - 1000), new Date('2026-01-01T11:59:59Z')],
    ['the publisher says none', null, received],
    ['the publisher has no clock', 0n, received],
    ['the publisher is a little ahead', BigInt(received.getTime() + 60_000), new Date('2026-01-01T12:01:00Z')],
    ['the publisher lives in the future', BigInt(Date.UTC(2100, 0)), received],
    ['the number is no time at all', 2n ** 64n - 1n, received],
  ])('is right when %s', (_what, published, expected) => {
    expect(birthTime(published, received)).toEqual(expected);
  });
});
