import { createServer } from 'node:net';
import { portOf } from './port-of.ts';

/** A TCP port of 127.0.0.1 that was free a moment ago. Another process may take it first: be ready to ask again. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  const port = portOf(server);
  await new Promise((closed) => server.close(closed));
  return port;
}
