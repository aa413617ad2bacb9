import { describe, expect, it } from '@jest/globals';
import type { CanaryOutcome } from '../outcome.ts';
import { classifyAnswer } from './classify.ts';
import { excerptWithout } from './redact.ts';

const now = Date.UTC(2026, 0, 1);

const classify = (status: number, body: unknown, retryAfter?: string): CanaryOutcome<unknown> =>
  classifyAnswer(
    { status, body: typeof body === 'string' ? body : JSON.stringify(body), retryAfter },
    excerptWithout(['s3cret']),
    now,
  );

describe('CT-02 the meaning of an answer', () => {
  const cases: [string, CanaryOutcome<unknown>, CanaryOutcome<unknown>][] = [
    [
      'Good is the only success',
      classify(200, { statusCode: 'Good', errors: [], more: 1 }),
      { outcome: 'ok', value: { statusCode: 'Good', errors: [], more: 1 } },
    ],
    [
      'Good without a list of errors is success',
      classify(200, { statusCode: 'Good' }),
      { outcome: 'ok', value: { statusCode: 'Good' } },
    ],
    [
      'errors may be null',
      classify(200, { statusCode: 'Good', errors: null }),
      { outcome: 'ok', value: { statusCode: 'Good', errors: null } },
    ],
    [
      'Good with errors is no success',
      classify(200, { statusCode: 'Good', errors: ['dropped one'] }),
      { outcome: 'errors', messages: ['dropped one'] },
    ],
    [
      'a 200 with Errors is no success',
      classify(200, { statusCode: 'Errors', errors: ['bad tag', 'bad value'] }),
      { outcome: 'errors', messages: ['bad tag', 'bad value'] },
    ],
    [
      'Errors without a text still says so',
      classify(200, { statusCode: 'Errors' }),
      { outcome: 'errors', messages: ['no text given'] },
    ],
    [
      'an error given as an object shows its message',
      classify(200, { statusCode: 'Errors', errors: [{ message: 'bad tag' }, 7] }),
      { outcome: 'errors', messages: ['bad tag', 'an error without a text'] },
    ],
    [
      'BadSessionToken',
      classify(200, { statusCode: 'BadSessionToken', errors: ['expired'] }),
      { outcome: 'badSession' },
    ],
    [
      'BadUserToken is about the API token',
      classify(200, { statusCode: 'BadUserToken', errors: ['unknown token'] }),
      { outcome: 'unauthorised', detail: 'unknown token' },
    ],
    [
      'BadLicense',
      classify(200, { statusCode: 'BadLicense', errors: [] }),
      { outcome: 'unlicensed', detail: 'BadLicense' },
    ],
    [
      'a status code nobody documented is not taken for success',
      classify(200, { statusCode: 'Fine', errors: [] }),
      { outcome: 'malformed', detail: 'unknown statusCode Fine: Fine' },
    ],
    [
      'letter case counts',
      classify(200, { statusCode: 'good' }),
      { outcome: 'malformed', detail: 'unknown statusCode good: good' },
    ],
    ['401', classify(401, 'no'), { outcome: 'unauthorised', detail: 'HTTP 401' }],
    ['403', classify(403, 'no'), { outcome: 'unauthorised', detail: 'HTTP 403' }],
    ['429 with seconds', classify(429, '', '2'), { outcome: 'rateLimited', retryAfterMs: 2_000 }],
    [
      '429 with a date',
      classify(429, '', new Date(now + 5_000).toUTCString()),
      { outcome: 'rateLimited', retryAfterMs: 5_000 },
    ],
    ['429 without a header', classify(429, ''), { outcome: 'rateLimited', retryAfterMs: null }],
    ['500', classify(500, 'oops'), { outcome: 'serverFault', status: 500, retryAfterMs: null }],
    ['503 with Retry-After', classify(503, '', '1'), { outcome: 'serverFault', status: 503, retryAfterMs: 1_000 }],
    ['408', classify(408, ''), { outcome: 'serverFault', status: 408, retryAfterMs: null }],
    [
      'a 500 whose body says Good is a fault',
      classify(500, { statusCode: 'Good' }),
      { outcome: 'serverFault', status: 500, retryAfterMs: null },
    ],
    ['404', classify(404, '<h1>no</h1>'), { outcome: 'rejected', status: 404, detail: '<h1>no</h1>' }],
    ['413', classify(413, 'too large'), { outcome: 'rejected', status: 413, detail: 'too large' }],
    ['a redirect is not followed', classify(302, ''), { outcome: 'rejected', status: 302, detail: '' }],
    ['no JSON', classify(200, '<html>'), { outcome: 'malformed', detail: 'not JSON: <html>' }],
    ['an empty body', classify(200, ''), { outcome: 'malformed', detail: 'not JSON: ' }],
    ['JSON that is no envelope', classify(200, '[1]'), { outcome: 'malformed', detail: 'no envelope: [1]' }],
    ['null', classify(200, 'null'), { outcome: 'malformed', detail: 'no envelope: null' }],
    [
      'a statusCode that is no text',
      classify(200, '{"statusCode":0}'),
      { outcome: 'malformed', detail: 'no envelope: {"statusCode":0}' },
    ],
  ];

  it.each(cases)('%s', (_name, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  it('SEC-03 removes secrets from every text it passes on, before it cuts the text', () => {
    const at = 'x'.repeat(298) + 's3cret';
    const outcomes = [
      classify(200, { statusCode: 'Errors', errors: ['token s3cret is unknown', { message: 's3crets3cret' }] }),
      classify(200, { statusCode: 'BadUserToken', errors: ['s3cret'] }),
      classify(200, { statusCode: 's3cret' }),
      classify(200, 'not json s3cret'),
      classify(200, at),
      classify(418, at),
    ];
    const texts = JSON.stringify(outcomes);
    expect(texts).not.toContain('s3');
    expect(texts).toContain('token [redacted] is unknown');
  });

  it('bounds what it passes on', () => {
    const outcome = classify(200, {
      statusCode: 'Errors',
      errors: Array.from({ length: 999 }, () => 'e'.repeat(5_000)),
    });
    expect(outcome.outcome === 'errors' && outcome.messages.length).toBe(200);
    expect(JSON.stringify(outcome).length).toBeLessThan(210_000);
  });

  it('survives an answer nested deeper than any stack', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(classify(200, `{"statusCode":"Errors","errors":[${deep}]}`)).toEqual({
      outcome: 'errors',
      messages: ['an error without a text'],
    });
  });
});
