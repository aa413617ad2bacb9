import { expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.ts';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);

it.each([
  ['seconds', '3', 3_000],
  ['no wait', '0', 0],
  ['white space around it', ' 10 ', 10_000],
  ['an HTTP date', 'Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
  ['an RFC 850 date', 'Thursday, 01-Jan-26 12:00:30 GMT', 30_000],
  ['a date that is over', 'Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ['more than an hour', '999999999999999999999', 3_600_000],
  ['a date in years', 'Fri, 01 Jan 2038 00:00:00 GMT', 3_600_000],
  ['nothing', undefined, null],
  ['an empty header', '', null],
  ['a negative number', '-5', null],
  ['a fraction', '1.5', null],
  ['a word', 'soon', null],
])('reads Retry-After with %s', (_name, header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
