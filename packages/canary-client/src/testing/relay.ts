import { once } from 'node:events';
import net from 'node:net';
import { portOf } from './scripted-server.ts';

export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Connections that were made so far. */
  connections(): number;
  /** Ends all connections; resolves when the clients have been told. */
  cut(): Promise<void>;
}

/** A way to a server that sees what goes over it. */
export async function startRelay(to: string, onBytes: (bytes: number) => void): Promise<Relay> {
  const open = new Set<net.Socket>();
  let made = 0;
  const relay = net.createServer((client) => {
    made += 1;
    open.add(client);
    client.once('close', () => open.delete(client));
    const { hostname, port } = new URL(to);
    const server = net.connect(Number(port), hostname);
    client.on('data', (bytes) => onBytes(bytes.length));
    client.pipe(server).pipe(client);
    // Cut on purpose.
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
    client.once('close', () => server.destroy());
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const cut = async (): Promise<void> => {
    await Promise.all(
      [...open].map(async (client) => {
        const closed = once(client, 'close');
        client.end();
        await closed;
      }),
    );
  };
  return {
    url: `http://127.0.0.1:${portOf(relay)}`,
    connections: () => made,
    cut,
    async [Symbol.asyncDispose]() {
      for (const client of open) client.destroy();
      relay.close();
      await once(relay, 'close');
    },
  };
}
