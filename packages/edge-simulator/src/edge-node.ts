import {
  Datatype,
  encodeBirth,
  encodeNodeDeath,
  encodePayload,
  formatTopic,
  openBirth,
  REBIRTH_METRIC,
  type BirthInput,
  type EncodeOptions,
  type MetricInput,
} from '@uns/sparkplug';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { DeviceModel } from './device-model.ts';

/** What an edge node announces: a name, and the metrics of its birth at a moment, all of them from that moment. */
export type EdgeDevice = Pick<DeviceModel, 'device'> & {
  metrics(timestamp: number): Iterable<MetricInput>;
};

export interface EdgeNodeOptions {
  /** The broker. */
  url: string;
  /** User, password, TLS and the like. */
  mqtt?: IClientOptions;
  group: string;
  edge: string;
  devices: readonly EdgeDevice[];
  compression?: NonNullable<EncodeOptions['compression']>;
  /** Told of what went wrong on a rebirth that somebody asked for. */
  onError?: (error: unknown) => void;
}

/**
 * An edge node as a Sparkplug publisher is one: its will is the NDEATH, it announces itself (NBIRTH) and its devices (DBIRTH), and does
 * so again when asked by an NCMD and when its connection was lost and is back. Births are QoS 0 and not retained.
 */
export class EdgeNode {
  readonly group: string;
  readonly edge: string;
  readonly #o: EdgeNodeOptions;
  readonly #client: MqttClient;
  readonly #bdSeq: number;
  #seq = 0;
  #births = 0;

  private constructor(o: EdgeNodeOptions, client: MqttClient, bdSeq: number) {
    this.group = o.group;
    this.edge = o.edge;
    this.#o = o;
    this.#client = client;
    this.#bdSeq = bdSeq;
  }

  /** Connects and subscribes; publishes nothing yet. Rejects when the broker refuses. */
  static async connect(o: EdgeNodeOptions, bdSeq = 0): Promise<EdgeNode> {
    const { group, edge } = o;
    const client = await connectAsync(o.url, {
      ...o.mqtt,
      clean: true,
      clientId: `edge-${group}-${edge}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`,
      protocolVersion: 4,
      reconnectPeriod: 1000,
      // tck-id-message-flow-edge-node-birth-publish-will-message
      will: {
        topic: formatTopic({ group, messageType: 'NDEATH', edge, device: null }),
        payload: encodeNodeDeath(bdSeq, Date.now()),
        qos: 1,
        retain: false,
      },
    });
    const node = new EdgeNode(o, client, bdSeq);
    client.on('message', (_topic, payload) => {
      node.#command(payload).catch((error: unknown) => o.onError?.(error));
    });
    // A new session begins with the births: nobody knows what was heard of those before.
    client.on('connect', () => {
      node.publishBirths().catch((error: unknown) => o.onError?.(error));
    });
    await client.subscribeAsync(formatTopic({ group, messageType: 'NCMD', edge, device: null }), { qos: 1 });
    return node;
  }

  /** DBIRTHs published so far. */
  get births(): number {
    return this.#births;
  }

  /** The node's own birth, then one of each device. Resolves when all are handed to the broker. */
  async publishBirths(): Promise<void> {
    await this.#publishNodeBirth();
    for (const device of this.#o.devices) await this.publishDeviceBirth(device);
  }

  async publishDeviceBirth(device: EdgeDevice): Promise<void> {
    const timestamp = Date.now();
    const topic = formatTopic({ group: this.group, messageType: 'DBIRTH', edge: this.edge, device: device.device });
    const birth: BirthInput = { timestamp, seq: this.#nextSeq(), metrics: device.metrics(timestamp) };
    await this.#publish(topic, await encodeBirth(birth, { compression: this.#o.compression ?? 'none' }));
    this.#births += 1;
  }

  /** Leaves as a node that is switched off: it says so itself. */
  async stop(): Promise<void> {
    const topic = formatTopic({ group: this.group, messageType: 'NDEATH', edge: this.edge, device: null });
    await this.#publish(topic, encodeNodeDeath(this.#bdSeq, Date.now()));
    await this.#client.endAsync();
  }

  /** Leaves as a node that lost its power: the broker publishes the will. */
  async kill(): Promise<void> {
    this.#client.stream.destroy();
    await this.#client.endAsync(true);
  }

  async #publishNodeBirth(): Promise<void> {
    const timestamp = Date.now();
    this.#seq = 0;
    const payload = encodePayload({
      timestamp,
      seq: this.#nextSeq(),
      metrics: [
        { name: 'bdSeq', timestamp, datatype: Datatype.Int64, value: this.#bdSeq },
        { name: REBIRTH_METRIC, timestamp, datatype: Datatype.Boolean, value: false },
      ],
    });
    await this.#publish(
      formatTopic({ group: this.group, messageType: 'NBIRTH', edge: this.edge, device: null }),
      payload,
    );
  }

  async #command(payload: Buffer): Promise<void> {
    for await (const batch of openBirth(payload).metrics()) {
      if (batch.some((metric) => metric.name === REBIRTH_METRIC)) {
        await this.publishBirths();
        return;
      }
    }
  }

  async #publish(topic: string, payload: Buffer): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 0, retain: false });
  }

  /** tck-id-payloads-sequence-num-incrementing: 0 to 255, over all messages of the node. */
  #nextSeq(): number {
    const seq = this.#seq;
    this.#seq = (this.#seq + 1) % 256;
    return seq;
  }
}
