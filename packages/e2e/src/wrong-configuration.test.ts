import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '@uns/local-servers/testing';
import { describe, expect, it } from '@jest/globals';

const apps = ['ingest', 'cdc', 'canary-writer'] as const;

function start(app: (typeof apps)[number], env: Record<string, string>) {
  const script = fileURLToPath(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env['PATH'], ADMIN_HOST: '127.0.0.1', ADMIN_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output.text += String(chunk)));
  return { child, output, exited: once(child, 'close').then(([code]: unknown[]) => code) };
}

describe('an app with a wrong configuration', () => {
  it.each([
    ['ingest', { MQTT_URL: 'http://x', ADMIN_PORT: 'abc' }, ['ADMIN_PORT', 'MQTT_URL', 'POSTGRES_URL']],
    [
      'cdc',
      { POSTGRES_URL: 'nonsense', CDC_DEBOUNCE_SECONDS: '-1' },
      ['POSTGRES_URL', 'REDIS_URL', 'CDC_DEBOUNCE_SECONDS'],
    ],
    [
      'canary-writer',
      { CANARY_RPS_CAP: 'many' },
      ['REDIS_URL', 'CANARY_SAF_BASE_URL', 'CANARY_VIEWS_BASE_URL', 'CANARY_RPS_CAP'],
    ],
  ] as const)('%s names every variable that is wrong, and exits with 78', async (app, env, variables) => {
    const { exited, output } = start(app, env);
    expect(await exited).toBe(78);
    for (const variable of variables) expect(output.text).toContain(`- ${variable} `);
    expect(output.text).not.toMatch(/\n\s+at /);
  });

  it('ingest does not speak to a broker in the clear unless told to', async () => {
    const { exited, output } = start('ingest', {
      MQTT_URL: 'mqtt://localhost',
      POSTGRES_URL: 'postgres://localhost/x',
    });
    expect(await exited).toBe(78);
    expect(output.text).toContain('MQTT_ALLOW_PLAINTEXT');
  });

  it.each([
    [
      'ingest',
      {
        MQTT_URL: 'mqtts://nowhere.invalid',
        POSTGRES_URL: 'postgres://u:hunter2@nowhere.invalid/x',
        MQTT_USERNAME: 'u',
        MQTT_PASSWORD: 'hunter2',
      },
    ],
    ['cdc', { POSTGRES_URL: 'postgres://u:hunter2@nowhere.invalid/x', REDIS_URL: 'redis://:hunter2@nowhere.invalid' }],
    [
      'canary-writer',
      {
        REDIS_URL: 'redis://:hunter2@nowhere.invalid',
        CANARY_SAF_BASE_URL: 'https://nowhere.invalid/api/v1',
        CANARY_VIEWS_BASE_URL: 'https://nowhere.invalid/api/v2',
        CANARY_HISTORIANS: 'localhost',
        CANARY_API_TOKEN: 'hunter2',
      },
    ],
  ] as const)(
    'SEC-03 %s keeps trying a host it cannot find, says so without a stack trace or a secret, and stops when told',
    async (app, env) => {
      const { child, exited, output } = start(app, env);
      await eventually(() => expect(output.text).toMatch(/ENOTFOUND|EAI_AGAIN/), { timeoutMs: 20_000 });
      expect(child.exitCode).toBeNull();
      child.kill('SIGTERM');
      await exited;
      expect(output.text).not.toContain('hunter2');
      expect(output.text).not.toContain('"stack"');
      expect(output.text).not.toMatch(/\n\s+at /);
    },
  );
});
