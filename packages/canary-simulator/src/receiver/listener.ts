import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Certificate } from './certificate.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free one, which is kept from then on. */
  readonly port: number;
  readonly certificate: Certificate | undefined;
  readonly onRequest: RequestListener;
}

/** Longer than any client keeps an idle connection, so that none is closed under a request on its way. */
const keepAliveTimeoutMs = 120_000;

/** A port that can be shut, as if the machine behind it were gone, and opened again. */
export class Listener {
  readonly #server: Server;
  readonly #host: string;
  readonly #secure: boolean;
  readonly #sockets = new Set<Socket>();
  #port: number;

  constructor(o: ListenerOptions) {
    this.#host = o.host;
    this.#port = o.port;
    this.#secure = o.certificate !== undefined;
    this.#server =
      o.certificate === undefined
        ? createServer(o.onRequest)
        : createTlsServer({ key: o.certificate.key, cert: o.certificate.cert }, o.onRequest);
    this.#server.keepAliveTimeout = keepAliveTimeoutMs;
    this.#server.maxConnections = 10_000;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** The root URL, without a slash at its end. */
  get url(): string {
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `${this.#secure ? 'https' : 'http'}://${host}:${this.#port}`;
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  /** @throws the error of the operating system when the port is taken */
  async open(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, this.#host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  /** Refuses connections from now on and resets those that are open. */
  async shut(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }
}
