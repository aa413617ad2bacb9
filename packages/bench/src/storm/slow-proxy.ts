import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Passes connections on to a server, every piece of them late: a slow network, or a busy server. */
export class SlowProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** `delayMs` for each piece of at most 64 KiB, in each direction. */
  static async start(target: { host: string; port: number }, delayMs: number): Promise<SlowProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new SlowProxy(server, address.port);
    server.on('connection', (client: Socket) => proxy.#pass(client, connect(target), delayMs));
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: Socket, target: Socket, delayMs: number): void {
    for (const socket of [client, target]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => this.#sockets.delete(socket));
    }
    const end = (): void => {
      client.destroy();
      target.destroy();
    };
    // Either end may break a connection at any time; the other one sees it broken then, as it would without us.
    Promise.all([pipeline(client, late(delayMs), target), pipeline(target, late(delayMs), client)]).then(end, end);
  }
}

function late(delayMs: number): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => void setTimeout(() => done(null, chunk), delayMs),
  });
}
