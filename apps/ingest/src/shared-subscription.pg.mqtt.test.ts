import { eventually, findMosquitto, startMosquitto } from '@uns/local-servers/testing';
import { metricRows } from '@uns/metadata-store/testing';
import { Datatype, encodePayload } from '@uns/sparkplug';
import { describe, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { ingestHarness } from './testing/ingest-harness.ts';

const mosquitto = await findMosquitto();
const withMosquitto = mosquitto === undefined ? describe.skip : describe;

const devices = Array.from({ length: 6 }, (_, i) => `Device ${i}`);
const rounds = 20;

const birth = (round: number, timestamp: number): Buffer =>
  encodePayload({
    timestamp,
    seq: round,
    metrics: Array.from({ length: 40 }, (_, i) => ({
      name: `Tag ${i}`,
      datatype: Datatype.Double,
      properties: [{ key: 'round', type: Datatype.Int32, value: round }],
    })),
  });

withMosquitto('a shared subscription', () => {
  it('TC-10 PROMISE-2 parts births among pods, and no device ends with an older one', async () => {
    await using broker = await startMosquitto(mosquitto ?? '');
    await using harness = await ingestHarness();
    const env = { MQTT_URL: broker.url, MQTT_SHARED_SUBSCRIPTION: 'uns' };
    const pods = [
      await harness.start({ ...env, MQTT_CLIENT_ID: 'pod-1' }),
      await harness.start({ ...env, MQTT_CLIENT_ID: 'pod-2' }),
    ];
    await using resources = new AsyncDisposableStack();
    const publisher = resources.adopt(await connectAsync(broker.url), (client) => client.endAsync(true));
    const start = Date.now();
    for (let round = 0; round < rounds; round += 1) {
      for (const device of devices) {
        await publisher.publishAsync(`spBv1.0/Secil/DBIRTH/Portugal/${device}`, birth(round, start + round), {
          qos: 1,
        });
      }
    }

    await eventually(async () => {
      const received = await Promise.all(pods.map((pod) => pod.metric('uns_ingest_messages_total')));
      expect(received.reduce((a, b) => a + b)).toBe(devices.length * rounds);
      expect(Math.min(...received)).toBeGreaterThan(0);
    });
    await eventually(async () => {
      const dealtWith = await Promise.all(
        pods.map(async (pod) => {
          const replaced = await pod.metric('uns_ingest_mailbox_offers_total', { result: 'replaced' });
          return replaced + (await pod.metric('uns_ingest_births_total'));
        }),
      );
      expect(dealtWith.reduce((a, b) => a + b)).toBe(devices.length * rounds);
    });
    const rows = await metricRows(harness.store.sql);
    expect(rows).toHaveLength(devices.length * 40);
    expect(new Set(rows.map((row) => row.properties['round']))).toEqual(new Set([rounds - 1]));
    expect(pods.flatMap((pod) => pod.log.filter((line) => line.level === 'error'))).toEqual([]);
  });

  it('TC-12 brings the births of edge nodes to every pod, because devices refer to them', async () => {
    await using broker = await startMosquitto(mosquitto ?? '');
    await using harness = await ingestHarness();
    const env = { MQTT_URL: broker.url, MQTT_SHARED_SUBSCRIPTION: 'uns' };
    const pods = [
      await harness.start({ ...env, MQTT_CLIENT_ID: 'pod-1' }),
      await harness.start({ ...env, MQTT_CLIENT_ID: 'pod-2' }),
    ];
    await using resources = new AsyncDisposableStack();
    const publisher = resources.adopt(await connectAsync(broker.url), (client) => client.endAsync(true));
    await publisher.publishAsync('spBv1.0/Secil/NBIRTH/Portugal', birth(0, Date.now()), { qos: 1 });
    await eventually(() => {
      for (const pod of pods) expect(pod.lines('node birth')).toHaveLength(1);
    });
  });
});
