import { eventually } from '@uns/local-servers/testing';
import { startBroker, type Broker } from '@uns/local-servers';
import { encodeRebirthRequest, openBirth, type DecodedMetric } from '@uns/sparkplug';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { DeviceModel } from './device-model.ts';
import { EdgeNode } from './edge-node.ts';

interface Heard {
  topic: string;
  payload: Buffer;
  retain: boolean;
}

describe('an edge node', () => {
  let broker: Broker;
  let listener: MqttClient;
  let heard: Heard[];
  let node: EdgeNode;
  const device = new DeviceModel({ device: 'Cement', metrics: 20, seed: 1 });

  beforeEach(async () => {
    broker = await startBroker();
    listener = await connectAsync(broker.url);
    heard = [];
    listener.on('message', (topic, payload, { retain }) => heard.push({ topic, payload, retain }));
    await listener.subscribeAsync('spBv1.0/#');
    node = await EdgeNode.connect({
      url: broker.url,
      group: 'Secil',
      edge: 'Portugal',
      devices: [device],
      compression: 'gzip',
    });
  });
  afterEach(async () => {
    await node.kill();
    await listener.endAsync(true);
    await broker.close();
  });

  const topics = (): string[] => heard.map((message) => message.topic);
  const decode = async (payload: Buffer): Promise<DecodedMetric[]> => {
    const metrics: DecodedMetric[] = [];
    for await (const batch of openBirth(payload).metrics()) metrics.push(...batch.filter((metric) => !metric.rejected));
    return metrics;
  };

  it('announces itself before its devices, with nothing retained', async () => {
    await node.publishBirths();
    await eventually(() =>
      expect(topics()).toEqual(['spBv1.0/Secil/NBIRTH/Portugal', 'spBv1.0/Secil/DBIRTH/Portugal/Cement']),
    );
    expect(heard.some((message) => message.retain)).toBe(false);
    const metrics = await decode(heard[1]?.payload ?? Buffer.alloc(0));
    expect(metrics.map((metric) => metric.name)).toEqual(device.tagNames);
  });

  it('announces itself again when asked', async () => {
    await listener.publishAsync('spBv1.0/Secil/NCMD/Portugal', encodeRebirthRequest(Date.now()));
    await eventually(() => expect(topics().filter((topic) => topic.includes('BIRTH'))).toHaveLength(2));
  });

  it('leaves an NDEATH behind, whether it says goodbye or not', async () => {
    await node.kill();
    await eventually(() => expect(topics()).toContain('spBv1.0/Secil/NDEATH/Portugal'));
  });
});

describe('a made-up device', () => {
  it('is the same for the same seed, and has about eight properties a tag', () => {
    const [a, b] = [1, 1].map((seed) => new DeviceModel({ device: 'd', metrics: 500, seed }));
    expect(a?.tagNames).toEqual(b?.tagNames);
    expect(new Set(a?.tagNames).size).toBe(500);
    expect((a?.propertyCount ?? 0) / 500).toBeCloseTo(8.5, 0);
  });

  it('changes as it is told', () => {
    const device = new DeviceModel({ device: 'd', metrics: 5, seed: 1 });
    const keys = (name: string): string[] => device.propertiesOf(name).map((property) => property.key);
    const edited = device.editDescription('new');
    expect(device.propertiesOf(edited)).toContainEqual({ key: 'documentation', type: 12, value: 'new' });
    expect(keys(device.removeProperty('engLow'))).not.toContain('engLow');
    const added = device.addTag();
    expect(device.tagNames).toContain(added);
    const removed = device.removeTag();
    expect(device.tagNames).not.toContain(removed);
  });
});
