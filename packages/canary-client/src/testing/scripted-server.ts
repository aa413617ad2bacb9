import http from 'node:http';
import type net from 'node:net';

interface ScriptedRequest {
  readonly path: string;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
  /** The client's end of the connection, to tell one connection from another. */
  readonly port: number;
}

export type Script = (request: ScriptedRequest, response: http.ServerResponse) => void;

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ScriptedRequest[];
  /** The requests to one path, their bodies parsed. */
  bodies(path: string): unknown[];
}

/** A server that does to each request exactly what a test says, down to the connection. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received: ScriptedRequest = {
        path: request.url ?? '',
        body: Buffer.concat(chunks).toString('utf8'),
        headers: request.headers,
        port: request.socket.remotePort ?? 0,
      };
      requests.push(received);
      script(received, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    requests,
    bodies: (path) =>
      requests.filter((request) => request.path === path).map((request) => JSON.parse(request.body) as unknown),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The TCP port a server listens on. */
export function portOf(server: net.Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}

/** Answers with an envelope. */
export function answer(response: http.ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export const good = { statusCode: 'Good', errors: [] };
