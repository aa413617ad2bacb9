import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Aedes } from 'aedes';
import { eventually } from '@uns/local-servers/testing';
import { DeviceModel, EdgeNode } from '@uns/edge-simulator';
import { idsByName, sampleBirth } from '@uns/metadata-store/testing';
import { writeBirth } from '@uns/metadata-store';
import { Datatype, encodePayload, openBirth, type BirthInput, type MetricInput } from '@uns/sparkplug';
import { ingestHarness, type IngestHarness } from './testing/ingest-harness.ts';

const device = 'Secil/DBIRTH/Portugal/Cement';
const birthOf = (...metrics: MetricInput[]): BirthInput => ({ timestamp: Date.now(), seq: 1, metrics });
const on = { REBIRTH_REQUESTS: 'on', REBIRTH_SPREAD_SECONDS: '0' };

describe('rebirth requests', () => {
  let harness: IngestHarness;

  beforeEach(async () => {
    harness = await ingestHarness();
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  /** Puts a device of the edge node into the store, as an earlier run would have. */
  const know = async (edge: string): Promise<void> => {
    const birth = sampleBirth({ metrics: { A: {} } });
    await writeBirth(harness.store.sql, {
      ...birth,
      device: { group: 'Secil', edge, device: 'Cement' },
      unsPath: `Secil/${edge}/Cement`,
      metrics: async function* () {},
    });
  };
  const asked = () => harness.commands.map((topic) => topic.replace('spBv1.0/', '')).toSorted();

  it('TC-05 go to each known edge node after connecting, once, though there are two pods', async () => {
    await Promise.all(['Portugal', 'Brazil', 'Tunisia'].map(know));
    const expected = ['Secil/NCMD/Brazil', 'Secil/NCMD/Portugal', 'Secil/NCMD/Tunisia'];
    const pods = await Promise.all([
      harness.start({ ...on, MQTT_CLIENT_ID: 'pod-1' }),
      harness.start({ ...on, MQTT_CLIENT_ID: 'pod-2' }),
    ]);
    await eventually(() => expect(asked()).toEqual(expected));
    await eventually(async () => {
      const results = await Promise.all(
        pods.map((pod) => pod.metric('uns_ingest_rebirth_requests_total', { reason: 'CONNECTED' })),
      );
      expect(Math.min(...results)).toBeGreaterThanOrEqual(3);
    });
    // And not again after a restart.
    await Promise.all(pods.map((pod) => pod.stop()));
    const third = await harness.start({ ...on, MQTT_CLIENT_ID: 'pod-3' });
    await eventually(async () =>
      expect(await third.metric('uns_ingest_rebirth_requests_total', { result: 'postponed' })).toBeGreaterThanOrEqual(
        3,
      ),
    );
    expect(asked()).toEqual(expected);
  });

  it('TC-05 are understood by an edge node, which publishes its births again', async () => {
    const cement = new DeviceModel({ device: 'Cement', metrics: 5, seed: 1 });
    const edge = await EdgeNode.connect({
      url: harness.broker.url,
      group: 'Secil',
      edge: 'Portugal',
      devices: [cement],
    });
    await know('Portugal');
    // Births published while nobody listened are lost; these are the answer.
    await harness.start(on);
    await eventually(async () => expect(Object.keys(await idsByName(harness.store.sql))).toHaveLength(5));
    expect(edge.births).toBe(1);
    await edge.stop();
  });

  it('carry the one metric that Sparkplug has for it, to the node', async () => {
    await know('Portugal');
    const payloads: Buffer[] = [];
    harness.publisher.on('message', (_topic, payload) => payloads.push(payload));
    await harness.start(on);
    await eventually(() => expect(payloads).toHaveLength(1));
    const metrics = [];
    for await (const batch of openBirth(payloads[0] ?? Buffer.alloc(0)).metrics()) metrics.push(...batch);
    expect(metrics).toMatchObject([{ name: 'Node Control/Rebirth', datatype: Datatype.Boolean }]);
    expect(asked()).toEqual(['Secil/NCMD/Portugal']);
  });

  it.each<[reason: string, birth: BirthInput | Buffer]>([
    ['BIRTH_UNREADABLE', Buffer.from('not a birth')],
    ['ALIAS_UNRESOLVED', birthOf({ alias: 5, datatype: Datatype.Double })],
    [
      'TEMPLATE_UNKNOWN',
      birthOf({
        name: 'M01',
        datatype: Datatype.Template,
        value: { isDefinition: false, templateRef: 'Motor', metrics: [] },
      }),
    ],
  ])('TC-05 follow a birth that cannot be used: %s', async (reason, birth) => {
    const run = await harness.start(on);
    await harness.birth(run, device, birth);
    await eventually(() => expect(asked()).toEqual(['Secil/NCMD/Portugal']));
    const [row] = await harness.store.sql`select reason from uns_meta.rebirth_requests`;
    expect(row).toEqual({ reason });
    // The same again is no reason to ask at once.
    await harness.birth(run, device, birth);
    expect(asked()).toHaveLength(1);
  });

  it('TC-05 follow a birth that breaks off in the middle, of which the rest is stored', async () => {
    const run = await harness.start(on);
    const whole = encodePayload(birthOf({ name: 'A', datatype: 9 }, { name: 'B'.repeat(100), datatype: 9 }));
    const line = await harness.birth(run, device, whole.subarray(0, whole.length - 30));
    expect(line).toMatchObject({ outcome: 'written', quarantined: { PAYLOAD_TRUNCATED: 1 } });
    await eventually(() => expect(asked()).toHaveLength(1));
    expect(Object.keys(await idsByName(harness.store.sql))).toEqual(['A']);
    const [row] = await harness.store.sql`select reason from uns_meta.rebirth_requests`;
    expect(row).toEqual({ reason: 'BIRTH_INCOMPLETE' });
  });

  it('TC-05 PROMISE-1 follow a birth that looks old, for the clock of the edge may be set since', async () => {
    const run = await harness.start(on);
    const bornAt = (timestamp: number, name: string) =>
      harness.birth(run, device, { timestamp, seq: 1, metrics: [{ name, datatype: 9 }] });
    await bornAt(Date.now(), 'A');
    expect(await bornAt(Date.UTC(2000, 0, 1), 'B')).toMatchObject({ outcome: 'stale' });
    await eventually(() => expect(asked()).toEqual(['Secil/NCMD/Portugal']));
    const [row] = await harness.store.sql`select reason from uns_meta.rebirth_requests`;
    expect(row).toEqual({ reason: 'BIRTH_OUTDATED' });
    // The same again is no reason to ask at once.
    await bornAt(Date.UTC(2000, 0, 1), 'B');
    expect(asked()).toHaveLength(1);
  });

  it('TC-05 do not follow an old birth that the broker has kept', async () => {
    await know('Portugal');
    const old = { timestamp: Date.UTC(2000, 0, 1), seq: 1, metrics: [{ name: 'B', datatype: 9 }] };
    await harness.publish(device, old, { retain: true });
    const run = await harness.start({ ...on, REBIRTH_SPREAD_SECONDS: '3600' });
    await eventually(() => expect(run.lines('birth')).toMatchObject([{ outcome: 'stale', retained: true }]));
    // Requests go in the order of their wishes: this one comes after what the old birth would have brought about.
    await harness.birth(run, 'Secil/DBIRTH/Brazil/Cement', Buffer.from('not a birth'));
    await eventually(() => expect(asked()).toEqual(['Secil/NCMD/Brazil']));
  });

  it('PROMISE-6 follow a birth that found no room, which is in quarantine', async () => {
    const run = await harness.start({ ...on, INGEST_MAILBOX_BYTES: '1000000' });
    await harness.publish(device, Buffer.alloc(1_000_001));
    await eventually(() => expect(asked()).toEqual(['Secil/NCMD/Portugal']));
    await eventually(async () => {
      const found = await harness.store.sql`select device, reason from uns_meta.birth_quarantine`;
      expect([...found]).toEqual([{ device: 'Cement', reason: 'MAILBOX_FULL' }]);
    });
    expect(run.lines('birth')).toHaveLength(0);
  });

  it('are off when the configuration says so', async () => {
    await know('Portugal');
    const run = await harness.start({ REBIRTH_REQUESTS: 'off' });
    await harness.birth(run, device, Buffer.from('not a birth'));
    await eventually(async () =>
      expect(await run.metric('uns_ingest_rebirth_requests_total', { reason: 'BIRTH_UNREADABLE', result: 'off' })).toBe(
        1,
      ),
    );
    expect(
      run.lines('rebirth requests are off (REBIRTH_REQUESTS): births published while away are not asked for'),
    ).toHaveLength(1);
    expect(await run.metric('uns_ingest_rebirth_requests_enabled')).toBe(0);
    expect(asked()).toEqual([]);
  });

  it('stop, and say so, when the broker closes the connection over each of them', async () => {
    await know('Portugal');
    const aedes = await Aedes.createBroker({
      authorizePublish: (_client, packet, done) =>
        done(packet.topic.includes('/NCMD/') ? new Error('not allowed') : null),
    });
    const server = createServer(aedes.handle);
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const run = await harness.start({ ...on, MQTT_URL: `mqtt://127.0.0.1:${port}`, REBIRTH_MIN_INTERVAL_SECONDS: '1' });
    await eventually(
      () =>
        expect(run.log.find((line) => line.level === 'error')?.msg).toMatch(
          /closes the connection.*REBIRTH_REQUESTS=off/,
        ),
      {
        timeoutMs: 25_000,
      },
    );
    await run.subscribed();
    await eventually(async () =>
      expect(await run.metric('uns_ingest_rebirth_requests_total', { result: 'off' })).toBeGreaterThan(0),
    );
    expect(await run.metric('uns_ingest_rebirth_requests_enabled')).toBe(0);
    await run.stop();
    await new Promise<void>((closed) => aedes.close(closed));
    await new Promise((closed) => server.close(closed));
  });
});
