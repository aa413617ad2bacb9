import { describe, expect, it } from '@jest/globals';
import { readToken } from './token.ts';

describe('the API token', () => {
  it.each([
    ['text', 'abc', 'abc'],
    ['a mounted file with its line feed', 'abc\n', 'abc'],
    ['nothing', undefined, undefined],
    ['an empty file', '\n', undefined],
  ])('given as %s', (_name, given, expected) => {
    expect(readToken(() => given)).toEqual({ outcome: 'ok', value: expected });
  });

  it('SEC-03 a provider that fails says its code and nothing it may have read', () => {
    expect(
      readToken(() => {
        throw Object.assign(new Error('cannot read s3cret'), { code: 'ENOENT' });
      }),
    ).toEqual({
      outcome: 'refused',
      reason: 'noToken',
      detail: 'the API token cannot be read (ENOENT)',
    });
  });
});
