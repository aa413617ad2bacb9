import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Between a client and a server, to do to their connection what networks do. */
export interface TcpProxy extends AsyncDisposable {
  /** The address given, with the proxy in the place of the server. */
  url: string;
  /** From now on nothing gets through in either direction, and nobody is told: a connection that is open at one end only. */
  freeze(): void;
  /** The connection breaks when the server has sent so many bytes more. Once. */
  cutAfter(bytes: number): Promise<void>;
}

export async function tcpProxy(serverUrl: string): Promise<TcpProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let frozen = false;
  let cut: { left: number; done: PromiseWithResolvers<void> } | null = null;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        if (!frozen) to.destroy();
      });
      from.on('data', (data) => {
        if (frozen) return;
        to.write(data);
        if (from !== upstream || cut === null) return;
        cut.left -= data.length;
        if (cut.left > 0) return;
        client.destroy();
        upstream.destroy();
        cut.done.resolve();
        cut = null;
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze: () => {
      frozen = true;
    },
    cutAfter: (bytes) => {
      const done = Promise.withResolvers<void>();
      cut = { left: bytes, done };
      return done.promise;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
