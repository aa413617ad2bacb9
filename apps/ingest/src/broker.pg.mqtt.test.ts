import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Aedes } from 'aedes';
import { startBroker } from '@uns/local-servers';
import { eventually } from '@uns/local-servers/testing';
import { idsByName } from '@uns/metadata-store/testing';
import { Datatype, type BirthInput } from '@uns/sparkplug';
import { connectAsync } from 'mqtt';
import { generate } from 'selfsigned';
import { ingestHarness, type IngestHarness, type IngestRun } from './testing/ingest-harness.ts';

const device = 'Secil/DBIRTH/Portugal/Cement';
const birthOf = (...names: string[]): BirthInput => ({
  timestamp: Date.now(),
  seq: 1,
  metrics: names.map((name) => ({ name, datatype: Datatype.Double })),
});

describe('the connection to the broker', () => {
  let folder: string;
  let caFile: string;
  let certificate: { cert: string; key: string };

  beforeAll(async () => {
    const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    certificate = { cert: made.cert, key: made.private };
    folder = await mkdtemp(join(tmpdir(), 'uns-ingest-'));
    caFile = join(folder, 'ca.pem');
    await writeFile(caFile, made.cert);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const names = async (harness: IngestHarness) => Object.keys(await idsByName(harness.store.sql));
  const lost = (run: IngestRun) =>
    eventually(async () => expect(await run.metric('uns_ingest_broker_connected')).toBe(0));

  it('TC-10 SEC-01 speaks TLS 1.3 with user and password, and births become rows', async () => {
    const credentials = { username: 'ingest', password: 'not to be logged' };
    await using harness = await ingestHarness({ tls: certificate, credentials });
    const run = await harness.start({
      MQTT_URL: harness.broker.tlsUrl ?? '',
      MQTT_ALLOW_PLAINTEXT: 'false',
      MQTT_CA_FILE: caFile,
      MQTT_USERNAME: credentials.username,
      MQTT_PASSWORD: credentials.password,
    });
    await harness.birth(run, device, birthOf('A'));
    expect(await names(harness)).toEqual(['A']);
    expect(JSON.stringify(run.log)).not.toContain(credentials.password);
  });

  it('SEC-01 SEC-03 is refused when the password is wrong, which no line of the log shows', async () => {
    await using harness = await ingestHarness({ credentials: { username: 'ingest', password: 'right' } });
    const run = await harness.start({ MQTT_USERNAME: 'ingest', MQTT_PASSWORD: 'wrong-one' }, { subscribed: false });
    await eventually(() => expect(run.log.some((line) => JSON.stringify(line).includes('Not authorized'))).toBe(true));
    expect(JSON.stringify(run.log)).not.toContain('wrong-one');
    expect(await run.metric('uns_ingest_broker_connected')).toBe(0);
  });

  it('SEC-01 refuses a broker that offers TLS 1.2 only', async () => {
    const aedes = await Aedes.createBroker();
    const server = createServer({ ...certificate, maxVersion: 'TLSv1.2' }, aedes.handle);
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    const url = `mqtts://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    try {
      // It is the version alone that is in the way.
      const lenient = await connectAsync(url, { ca: certificate.cert, minVersion: 'TLSv1.2' } as object);
      await lenient.endAsync(true);
      await using harness = await ingestHarness();
      const run = await harness.start({ MQTT_URL: url, MQTT_CA_FILE: caFile }, { subscribed: false });
      await eventually(() => expect(JSON.stringify(run.log)).toMatch(/alert protocol version|unsupported protocol/i));
      expect(await run.metric('uns_ingest_broker_connected')).toBe(0);
      await run.stop();
    } finally {
      await new Promise<void>((closed) => aedes.close(closed));
      await new Promise((closed) => server.close(closed));
    }
  });

  it('SEC-01 refuses a broker whose certificate nobody vouches for', async () => {
    await using harness = await ingestHarness({ tls: certificate });
    const run = await harness.start({ MQTT_URL: harness.broker.tlsUrl ?? '' }, { subscribed: false });
    await eventually(() => expect(JSON.stringify(run.log)).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED/));
    expect(await run.metric('uns_ingest_broker_connected')).toBe(0);
  });

  it('TC-10 comes back after a cut, asks for what it may have missed, and goes on', async () => {
    await using harness = await ingestHarness();
    const run = await harness.start({
      REBIRTH_REQUESTS: 'on',
      REBIRTH_SPREAD_SECONDS: '0',
      REBIRTH_MIN_INTERVAL_SECONDS: '1',
    });
    await harness.birth(run, device, birthOf('A'));
    for (const round of [1, 2]) {
      const asked = harness.commands.length;
      harness.broker.disconnectAll();
      await lost(run);
      await run.subscribed();
      await eventually(() => expect(harness.commands.length).toBeGreaterThan(asked));
      await harness.birth(run, device, birthOf('A', `B${round}`));
      expect(await names(harness)).toEqual(['A', `B${round}`]);
    }
    expect(await run.metric('uns_ingest_broker_reconnects_total')).toBe(2);
  });

  it('TC-10 waits for a broker that is away, and finds it again', async () => {
    await using harness = await ingestHarness();
    const first = await startBroker();
    const port = Number(new URL(first.url).port);
    const run = await harness.start({ MQTT_URL: first.url });
    await first.close();
    await lost(run);
    await using second = await startBroker({ port });
    await run.subscribed();
    expect(second.connectedClients).toBe(1);
  });
});
