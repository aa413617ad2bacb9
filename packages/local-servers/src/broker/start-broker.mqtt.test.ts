import { once } from 'node:events';
import { connect as tlsConnect } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { generate } from 'selfsigned';
import { eventually } from '../testing/eventually.ts';
import { startBroker } from './start-broker.ts';

async function certificate(): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  return { cert: made.cert, key: made.private };
}

async function client(url: string, options: IClientOptions = {}): Promise<MqttClient & AsyncDisposable> {
  const connected = await connectAsync(url, { reconnectPeriod: 0, connectTimeout: 5000, ...options }, false);
  return Object.assign(connected, { [Symbol.asyncDispose]: async () => await connected.endAsync(true) });
}

/** The next arguments of an event; the client's own types are too narrow for `once` of Node. */
async function next(of: MqttClient, event: 'message' | 'close' | 'connect'): Promise<unknown[]> {
  return await new Promise((resolve) => of.once(event, (...values: unknown[]) => resolve(values)));
}

describe('startBroker', () => {
  it('carries a birth of 40 MB to a subscriber with a long client id', async () => {
    await using broker = await startBroker();
    await using subscriber = await client(broker.url, { clientId: 'uns-spb-dbirth-meta-test-node-0' });
    await subscriber.subscribeAsync('spBv1.0/Secil/DBIRTH/#');
    const received = next(subscriber, 'message');
    await using publisher = await client(broker.url);
    await publisher.publishAsync('spBv1.0/Secil/DBIRTH/Portugal/Cement', Buffer.alloc(40_000_000, 7));
    const [topic, payload] = await received;
    expect(topic).toBe('spBv1.0/Secil/DBIRTH/Portugal/Cement');
    expect(payload).toHaveLength(40_000_000);
  });

  it('speaks TLS 1.3 and refuses TLS 1.2', async () => {
    const tls = await certificate();
    await using broker = await startBroker({ tls });
    await using subscriber = await client(broker.tlsUrl ?? '', { ca: tls.cert });
    expect(subscriber.connected).toBe(true);
    const old = tlsConnect({ port: Number(new URL(broker.tlsUrl ?? '').port), ca: tls.cert, maxVersion: 'TLSv1.2' });
    const [error] = await once(old, 'error');
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });

  it('asks for a client certificate when given an authority', async () => {
    const tls = await certificate();
    await using broker = await startBroker({ tls: { ...tls, ca: tls.cert } });
    await expect(client(broker.tlsUrl ?? '', { ca: tls.cert })).rejects.toThrow(/certificate required/);
    await using trusted = await client(broker.tlsUrl ?? '', { ca: tls.cert, cert: tls.cert, key: tls.key });
    expect(trusted.connected).toBe(true);
  });

  it('lets in only who knows the password', async () => {
    await using broker = await startBroker({ credentials: { username: 'ingest', password: 'secret' } });
    await expect(client(broker.url, { username: 'ingest', password: 'wrong' })).rejects.toThrow(/not authorized/i);
    await using known = await client(broker.url, { username: 'ingest', password: 'secret' });
    expect(known.connected).toBe(true);
  });

  it('drops every client, and takes them back', async () => {
    await using broker = await startBroker();
    await using dropped = await client(broker.url, { reconnectPeriod: 10 });
    const closed = next(dropped, 'close');
    const back = next(dropped, 'connect');
    broker.disconnectAll();
    await closed;
    await back;
    await eventually(() => expect(broker.connectedClients).toBe(1));
  });

  it('frees its port when closed, so that the next one can have it', async () => {
    const first = await startBroker();
    await using left = await client(first.url);
    await first.close();
    await eventually(() => expect(left.connected).toBe(false));
    await using second = await startBroker({ port: Number(new URL(first.url).port) });
    expect(second.url).toBe(first.url);
  });
});
