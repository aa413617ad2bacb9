import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** For got, which chooses by the protocol of the URL. */
type Agents = { readonly http: http.Agent } | { readonly https: https.Agent };

/** An established connection that carries one request at a time. */
export class Connection {
  /** Sends a request over this connection and no other. */
  readonly agents: Agents;
  readonly #socket: Socket;
  readonly #agent: http.Agent;

  /** @param socket connected, and secure if it will ever be */
  constructor(socket: Socket) {
    this.#socket = socket;
    const one = { keepAlive: true, maxSockets: 1, maxFreeSockets: 1 };
    const agent = socket instanceof TLSSocket ? new https.Agent(one) : new http.Agent(one);
    // Asked for the first request, and again after the socket has closed: then there is nothing to send it on.
    agent.createConnection = () => {
      if (!this.usable) throw new ConnectionLostError();
      return socket;
    };
    this.#agent = agent;
    this.agents = agent instanceof https.Agent ? { https: agent } : { http: agent };
  }

  /** Whether a request may be sent on it, as far as is known at this end. */
  get usable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable && this.#socket.readable;
  }

  destroy(): void {
    this.#agent.destroy();
    this.#socket.destroy();
  }
}

/** The connection was closed between two requests. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection is closed');
  }
}
