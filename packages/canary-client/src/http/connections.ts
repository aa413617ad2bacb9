import { withDeadline } from '@uns/service';
import { Connection } from './connection.ts';
import { SocketOpener, type SocketTarget } from './open-socket.ts';

export interface ConnectionsOptions extends SocketTarget {
  /** Most connections at a time, those being opened included. */
  readonly max: number;
  /** For opening one; ms. */
  readonly openTimeoutMs: number;
}

/** The connections are closed for good. */
class ConnectionsClosedError extends Error {
  override readonly name = 'ConnectionsClosedError';
}

/**
 * Established connections to one service, each lent to one request at a time. What takes long and varies, the TLS handshake above all, is
 * over before a request asks for its slot.
 */
export class Connections {
  readonly #o: ConnectionsOptions;
  readonly #opener: SocketOpener;
  /** The one used last is taken first, so that those that are not needed run out. */
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  /** Requests that found all connections lent: they get one, or leave to open one. */
  readonly #waiting = new Set<PromiseWithResolvers<Connection | 'open'>>();
  readonly #lifetime = new AbortController();
  #count = 0;

  constructor(options: ConnectionsOptions) {
    this.#o = options;
    this.#opener = new SocketOpener(options);
  }

  /**
   * Lends an established connection, an idle one if there is one. Give it back with `giveBack`.
   *
   * @throws DeadlineExceededError or the error of the network or of TLS when none can be opened; the signal's reason when it is aborted.
   */
  async take(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    this.#lifetime.signal.throwIfAborted();
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (idle.usable) return idle;
    if (this.#count < this.#o.max) {
      this.#count += 1;
      return this.#open(signal);
    }
    const lent = await this.#wait(signal);
    return lent === 'open' ? this.#open(signal) : lent;
  }

  /** Lends it to the next one, if its last request has ended as it should. */
  giveBack(connection: Connection): void {
    if (!connection.usable) return;
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#idle.push(connection);
    } else {
      this.#waiting.delete(next);
      next.resolve(connection);
    }
  }

  /** Ends all connections, those in use included. Nobody gets one any more. */
  close(): void {
    const reason = new ConnectionsClosedError('the connections are closed');
    this.#lifetime.abort(reason);
    for (const { reject } of this.#waiting) reject(reason);
    this.#waiting.clear();
    for (const connection of this.#all) connection.destroy();
  }

  /** The new one is counted already. */
  async #open(signal: AbortSignal): Promise<Connection> {
    const either = AbortSignal.any([signal, this.#lifetime.signal]);
    try {
      const socket = await withDeadline(this.#o.openTimeoutMs, either, (inner) => this.#opener.open(inner));
      const connection = new Connection(socket);
      this.#all.add(connection);
      socket.once('close', () => this.#closed(connection));
      return connection;
    } catch (error) {
      this.#oneLess();
      throw error;
    }
  }

  #closed(connection: Connection): void {
    this.#all.delete(connection);
    const place = this.#idle.indexOf(connection);
    if (place !== -1) this.#idle.splice(place, 1);
    this.#oneLess();
  }

  /** Somebody who waits may open one instead. */
  #oneLess(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#count -= 1;
    } else {
      this.#waiting.delete(next);
      next.resolve('open');
    }
  }

  async #wait(signal: AbortSignal): Promise<Connection | 'open'> {
    const turn = Promise.withResolvers<Connection | 'open'>();
    const leave = (): void => {
      this.#waiting.delete(turn);
      turn.reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.add(turn);
    try {
      return await turn.promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
