import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveRedis } from '@uns/local-servers';
import { connectRedis } from '@uns/delivery';
import { generate } from 'selfsigned';

const authority = (name: string) =>
  generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });

/** A Redis that takes TLS on a port of its own, and the files of the authority that signed its certificate and of another. */
export async function tlsRedis(folder: string) {
  const [right, wrong] = await Promise.all([authority('Redis CA'), authority('another CA')]);
  const leaf = await generate([{ name: 'commonName', value: 'redis' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: right.private, cert: right.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const [cert, key, rightCa, wrongCa] = await Promise.all([
    file('redis.crt', leaf.cert),
    file('redis.key', leaf.private),
    file('right-ca.pem', right.cert),
    file('wrong-ca.pem', wrong.cert),
  ]);
  const server = await resolveRedis({ own: true, dataDir: join(folder, 'redis') });
  const listener =
    (await ownTlsPort(server.url, { cert, key, ca: rightCa })) ??
    (await tlsInFront(server.url, leaf.cert, leaf.private));
  return {
    server,
    /** Without TLS. */
    url: server.url,
    tlsUrl: `rediss://127.0.0.1:${listener.port}`,
    rightCa,
    wrongCa,
    [Symbol.asyncDispose]: async () => {
      await listener.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

interface TlsListener {
  port: number;
  close(): Promise<void>;
}

/** Lets the server itself listen for TLS; undefined when it was built without, or cannot read our files. */
async function ownTlsPort(url: string, o: { cert: string; key: string; ca: string }): Promise<TlsListener | undefined> {
  const redis = await connectRedis(url, () => undefined);
  const port = Number(new URL(url).port) + 1;
  try {
    const files = ['tls-cert-file', o.cert, 'tls-key-file', o.key, 'tls-ca-cert-file', o.ca];
    await redis.call('CONFIG', 'SET', ...files, 'tls-auth-clients', 'no', 'tls-port', String(port));
    return { port, close: () => Promise.resolve() };
  } catch {
    return undefined;
  } finally {
    redis.disconnect();
  }
}

/** TLS ends in front of the server. */
async function tlsInFront(url: string, cert: string, key: string): Promise<TlsListener> {
  const sockets = new Set<Socket>();
  const front = createServer({ cert, key }, (client) => {
    const redis = connect(Number(new URL(url).port), '127.0.0.1');
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
    }
    client.pipe(redis).pipe(client);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const address = front.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      front.close();
      await once(front, 'close');
    },
  };
}
