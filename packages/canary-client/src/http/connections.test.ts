import { once } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { portOf } from '../testing/scripted-server.ts';
import { Connections, type ConnectionsOptions } from './connections.ts';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Connections', () => {
  let server: net.Server;
  let accepted: net.Socket[];
  let connections: Connections;

  const open = (o: Partial<ConnectionsOptions> = {}): Connections =>
    (connections = new Connections({
      url: new URL(`http://127.0.0.1:${portOf(server)}`),
      ca: undefined,
      max: 2,
      openTimeoutMs: 2_000,
      ...o,
    }));

  beforeEach(async () => {
    accepted = [];
    server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      accepted.push(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    connections.close();
    for (const socket of accepted) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  it('lends one that was given back before it opens another', async () => {
    const pool = open();
    const first = await pool.take(never);
    pool.giveBack(first);
    expect(await pool.take(never)).toBe(first);
    expect(await pool.take(never)).not.toBe(first);
    expect(accepted).toHaveLength(2);
  });

  it('opens no more than its most, and lends to those who wait in their order', async () => {
    const pool = open();
    const [first, second] = [await pool.take(never), await pool.take(never)];
    const order: string[] = [];
    const third = pool.take(never).then((got) => void order.push(got === second ? 'third got second' : 'third'));
    const fourth = pool.take(never).then((got) => void order.push(got === first ? 'fourth got first' : 'fourth'));
    await turn();
    expect(order).toEqual([]);
    pool.giveBack(second);
    pool.giveBack(first);
    await Promise.all([third, fourth]);
    expect(order).toEqual(['third got second', 'fourth got first']);
    expect(accepted).toHaveLength(2);
  });

  it('lets one who waits open another when one is lost', async () => {
    const pool = open();
    const [first, second] = [await pool.take(never), await pool.take(never)];
    const third = pool.take(never);
    first.destroy();
    pool.giveBack(first);
    expect((await third).usable).toBe(true);
    expect(accepted).toHaveLength(3);
    // It counts: there is room for no fourth one until another is given back.
    const fourth = pool.take(never);
    await turn();
    expect(accepted).toHaveLength(3);
    pool.giveBack(second);
    expect(await fourth).toBe(second);
  });

  it('never lends one that the other end has closed', async () => {
    const pool = open();
    const first = await pool.take(never);
    pool.giveBack(first);
    accepted[0]?.end();
    while (first.usable) await turn();
    expect(await pool.take(never)).not.toBe(first);
  });

  it('lets one give up waiting', async () => {
    const pool = open({ max: 1 });
    const first = await pool.take(never);
    const stop = new AbortController();
    const quitter = pool.take(stop.signal);
    const patient = pool.take(never);
    stop.abort(new Error('stop'));
    await expect(quitter).rejects.toThrow('stop');
    pool.giveBack(first);
    expect(await patient).toBe(first);
  });

  it('does not wait for ever for a handshake, and then has room for another', async () => {
    const pool = open({ url: new URL(`https://127.0.0.1:${portOf(server)}`), max: 1, openTimeoutMs: 50 });
    await expect(pool.take(never)).rejects.toThrow('no result within 50 ms');
    await expect(pool.take(never)).rejects.toThrow('no result within 50 ms');
    expect(accepted).toHaveLength(2);
  });

  it('ends all of them when it is closed, and whoever waits', async () => {
    const pool = open({ max: 1 });
    const first = await pool.take(never);
    const waiting = pool.take(never);
    pool.close();
    await expect(waiting).rejects.toThrow('closed');
    await expect(pool.take(never)).rejects.toThrow('closed');
    expect(first.usable).toBe(false);
  });
});
