import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError, loadConfig } from '@uns/service';
import { checkIngestConfig, ingestSettings, type IngestConfig } from './config.ts';
import { readConfiguredFiles } from './configured-files.ts';

const required = { MQTT_URL: 'mqtts://broker', POSTGRES_URL: 'postgres://store/uns' };
const configOf = (env: Record<string, string>): IngestConfig =>
  loadConfig({ service: 'ingest', settings: ingestSettings, env: { ...required, ...env } }).config;

describe('the configuration of ingest', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uns-ingest-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('needs the addresses of broker and store alone', () => {
    expect(checkIngestConfig(configOf({}))).toEqual([]);
    expect(readConfiguredFiles(configOf({})).tls).toEqual({});
  });

  it('says all that is wrong with the files it names, with line and reason', async () => {
    const rules = join(folder, 'rules.yaml');
    await writeFile(rules, "version: 1\nrules:\n  - rule: kilns\n    device: '{group}'\n");
    const config = configOf({ UNS_RULES_FILE: rules, MQTT_CA_FILE: join(folder, 'none.pem') });
    const failure = (): unknown => readConfiguredFiles(config);
    expect(failure).toThrow(ConfigurationError);
    expect(failure).toThrow(/rules\.yaml:4: /);
    expect(failure).toThrow(/MQTT_CA_FILE names a file that cannot be read \(ENOENT\)/);
  });

  it.each([
    ['plain MQTT', { MQTT_URL: 'mqtt://broker' }, /MQTT_ALLOW_PLAINTEXT/],
    ['half a certificate', { MQTT_CERT_FILE: 'x' }, /MQTT_KEY_FILE/],
    ['a password without a user', { MQTT_PASSWORD: 'x' }, /MQTT_USERNAME/],
    ['an identity that is volatile', { UNS_IDENTITY_PROPERTY: 'Quality' }, /UNS_IDENTITY_PROPERTY/],
  ])('refuses %s', (_what, env, problem) => {
    expect(checkIngestConfig(configOf(env as unknown as Record<string, string>))).toEqual([
      expect.stringMatching(problem),
    ]);
  });
});
