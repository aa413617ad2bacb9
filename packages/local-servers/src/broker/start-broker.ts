import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { onlyWith, type Credentials } from './credentials.ts';
import { Listener } from './listener.ts';

export interface BrokerOptions {
  /** Absent: a free one. */
  port?: number;
  /** PEM texts; with them the broker also listens for TLS 1.3. With `ca`, clients must present a certificate of it. */
  tls?: { cert: string; key: string; ca?: string; port?: number };
  /** Without them everybody is let in. */
  credentials?: Credentials;
  /** A subscriber that takes nothing for this long is dropped. Default 60 000 ms; 0 waits for ever. */
  drainTimeoutMs?: number;
  /** Connections, disconnections and errors, a line each. */
  onLog?: (line: string) => void;
}

/**
 * An MQTT 3.1.1 broker in this process, on 127.0.0.1, without persistence. Payloads may have any size the protocol
 * allows (256 MB). MQTT 5 is not spoken.
 */
export class Broker {
  readonly url: string;
  readonly tlsUrl: string | undefined;
  readonly #aedes: Aedes;
  readonly #listeners: Listener[];

  private constructor(aedes: Aedes, plain: Listener, tls: Listener | undefined) {
    this.url = `mqtt://127.0.0.1:${plain.port}`;
    this.tlsUrl = tls && `mqtts://127.0.0.1:${tls.port}`;
    this.#aedes = aedes;
    this.#listeners = tls === undefined ? [plain] : [plain, tls];
  }

  /** @throws when a port is taken, or a certificate cannot be read. */
  static async start(options: BrokerOptions = {}): Promise<Broker> {
    const { credentials, tls, drainTimeoutMs, onLog } = options;
    const aedes = await Aedes.createBroker({
      ...(credentials === undefined ? {} : { authenticate: onlyWith(credentials) }),
      ...(drainTimeoutMs === undefined ? {} : { drainTimeout: drainTimeoutMs }),
    });
    logEvents(aedes, onLog);
    const plain = await Listener.open(createServer(aedes.handle), options.port ?? 0);
    if (tls === undefined) return new Broker(aedes, plain, undefined);
    const server = createTlsServer(
      { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.3', ...(tls.ca === undefined ? {} : mutual(tls.ca)) },
      aedes.handle,
    );
    server.on('tlsClientError', (error) => onLog?.(`TLS handshake failed: ${error.message}`));
    return new Broker(aedes, plain, await Listener.open(server, tls.port ?? 0));
  }

  get connectedClients(): number {
    return this.#aedes.connectedClients;
  }

  /** Breaks every connection without a word, as a failing network would. Clients may come back at once. */
  disconnectAll(): void {
    for (const listener of this.#listeners) listener.dropAll();
  }

  async close(): Promise<void> {
    await new Promise<void>((closed) => this.#aedes.close(closed));
    await Promise.all(this.#listeners.map(async (listener) => await listener.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** @see Broker.start */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  return await Broker.start(options);
}

const mutual = (ca: string): { ca: string; requestCert: true; rejectUnauthorized: true } => ({
  ca,
  requestCert: true,
  rejectUnauthorized: true,
});

function logEvents(aedes: Aedes, onLog: BrokerOptions['onLog']): void {
  aedes.on('clientReady', (client) => onLog?.(`${client.id} connected`));
  aedes.on('clientDisconnect', (client) => onLog?.(`${client.id} disconnected`));
  aedes.on('clientError', (client, error) => onLog?.(`${client.id}: ${error.message}`));
  aedes.on('connectionError', (_client, error) => onLog?.(`connection refused: ${error.message}`));
}
