import { describe, expect, it } from '@jest/globals';
import { ClientOptionsError } from '../client-options-error.ts';
import { baseUrl } from './base-url.ts';

describe('the base URL of a service', () => {
  it.each([
    ['https://canary.example:55293/api/v1', 'https://canary.example:55293/api/v1'],
    ['https://canary.example/api/v1//', 'https://canary.example/api/v1'],
    ['https://canary.example', 'https://canary.example'],
  ])('%s', (text, expected) => {
    expect(baseUrl(text, false)).toBe(expected);
  });

  it('SEC-03 sends no token over plain HTTP unless that is allowed', () => {
    expect(() => baseUrl('http://canary.example/api/v1', false)).toThrow(ClientOptionsError);
    expect(baseUrl('http://127.0.0.1:8080/api/v1', true)).toBe('http://127.0.0.1:8080/api/v1');
  });

  it('SEC-03 does not repeat credentials it refuses', () => {
    const refused = 'https://user:passw0rd@canary.example/api';
    expect(() => baseUrl(refused, false)).toThrow(ClientOptionsError);
    expect(() => baseUrl(refused, false)).not.toThrow(/passw0rd/);
  });

  it.each([
    'canary.example',
    'ftp://canary.example',
    'https://canary.example/api?x=1',
    'https://canary.example/#x',
    '',
  ])('refuses %p', (text) => {
    expect(() => baseUrl(text, true)).toThrow(ClientOptionsError);
  });
});
