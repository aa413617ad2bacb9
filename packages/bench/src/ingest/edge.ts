import { startBroker, type Broker } from '@uns/local-servers';
import { connectAsync, type MqttClient } from 'mqtt';

/** A broker, and a client that publishes births as edges do. */
export class Edge {
  readonly broker: Broker;
  readonly #client: MqttClient;

  private constructor(broker: Broker, client: MqttClient) {
    this.broker = broker;
    this.#client = client;
  }

  static async start(): Promise<Edge> {
    const broker = await startBroker();
    return new Edge(broker, await connectAsync(broker.url));
  }

  async publish(device: string, payload: Buffer): Promise<void> {
    await this.#client.publishAsync(`spBv1.0/Secil/DBIRTH/Portugal/${device}`, payload, { qos: 0, retain: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
    await this.broker.close();
  }
}
