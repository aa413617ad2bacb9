import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, loadConfig } from './load-config.ts';
import { configHelp, configMarkdown } from './reference.ts';
import { boolean, choice, decimal, integer, list, optional, secret, text, url } from './settings.ts';

const settings = {
  port: integer({ env: 'PORT', doc: 'The port.', min: 1, max: 65_535, default: 9090 }),
  ratio: decimal({ env: 'RATIO', doc: 'The ratio.', min: 0, max: 1, default: 0.5 }),
  level: choice({ env: 'LEVEL', doc: 'The level.', of: ['low', 'high'], default: 'low' }),
  on: boolean({ env: 'ON', doc: 'On or off.', default: false }),
  names: list({ env: 'NAMES', doc: 'Some names.', default: ['a'] }),
  store: url({ env: 'STORE_URL', doc: 'The store.', protocols: ['postgres'] }),
  token: optional(secret({ env: 'TOKEN', doc: 'The token.' })),
  slot: text({ env: 'SLOT', doc: 'The slot.', pattern: /^[a-z]+$/, accepts: 'lower case letters', default: 'slot' }),
};
const load = (env: Record<string, string>) => loadConfig({ service: 'it', settings, env });
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    load(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};

describe('configuration', () => {
  it('takes what is set, and defaults for the rest', () => {
    expect(load({ STORE_URL: 'postgres://h/db', PORT: '1', ON: 'true', NAMES: ' x, ,y ' }).config).toEqual({
      port: 1,
      ratio: 0.5,
      level: 'low',
      on: true,
      names: ['x', 'y'],
      store: 'postgres://h/db',
      token: undefined,
      slot: 'slot',
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(load({ STORE_URL: 'postgres://h/db', PORT: '' }).config.port).toBe(9090);
  });

  it('reports every problem at once, each with the variable and what it accepts', () => {
    const problems = problemsOf({ PORT: '70000', RATIO: 'x', LEVEL: 'middle', ON: 'yes', SLOT: 'A' });
    expect(problems).toEqual([
      'PORT is out of range; it must be a whole number from 1 to 65535. The port.',
      'RATIO is not a number; it must be a number from 0 to 1. The ratio.',
      'LEVEL is none of these; it must be one of `low`, `high`. The level.',
      'ON is neither; it must be `true` or `false`. On or off.',
      'STORE_URL is missing; it must be a URL that starts with `postgres://`. The store.',
      'SLOT has the wrong form; it must be lower case letters. The slot.',
    ]);
  });

  it.each(['1.5', '0x10', '1e3', ' 1', '9'.repeat(30), 'NaN'])('refuses "%s" as a whole number', (value) => {
    expect(problemsOf({ STORE_URL: 'postgres://h/db', PORT: value })).toHaveLength(1);
  });

  it.each(['h/db', 'https://h', 'postgres:///db'])('refuses "%s" as the URL of a store', (value) => {
    expect(problemsOf({ STORE_URL: value })).toHaveLength(1);
  });

  it('SEC-03 repeats no value in a problem, and knows the passwords of URLs for secrets', () => {
    expect(problemsOf({ STORE_URL: 'https://u:hunter2@h' }).join()).not.toContain('hunter2');
    expect(load({ STORE_URL: 'postgres://u:p%40ss@h/db', TOKEN: 'hunter2' }).secrets).toEqual([
      'p%40ss',
      'p@ss',
      'hunter2',
    ]);
  });

  it('reads a secret from the file that <NAME>_FILE names, without the newline at its end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      writeFileSync(join(folder, 'token'), 'from a file\n');
      const env = { STORE_URL: 'postgres://h/db', TOKEN_FILE: join(folder, 'token') };
      expect(load(env).config.token).toBe('from a file');
      expect(problemsOf({ ...env, TOKEN_FILE: join(folder, 'none') })).toEqual([
        'TOKEN cannot be read from the file that TOKEN_FILE names (ENOENT); it must be a text. The token.',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('describes itself for --help and for the reference', () => {
    const help = configHelp('it', 'Does it.', settings);
    expect(help).toContain('  TOKEN (or TOKEN_FILE)\n      The token.\n      Must be a text. Default: not set.');
    expect(help).toContain(
      'STORE_URL\n      The store.\n      Must be a URL that starts with `postgres://`. Default: required.',
    );
    expect(configMarkdown('it', 'Does it.', settings)).toContain(
      '| `STORE_URL` | The store. | a URL that starts with `postgres://` | **required** |',
    );
  });
});
