import net from 'node:net';
import tls from 'node:tls';

export interface SocketTarget {
  /** Of the service; its protocol decides whether the connection is encrypted. */
  readonly url: URL;
  /** PEM certificates that replace the system's roots. */
  readonly ca: string | readonly string[] | undefined;
}

/** Opens sockets to one service. A later TLS handshake is shorter: it resumes the session of an earlier one. */
export class SocketOpener {
  readonly #target: SocketTarget;
  #session: Buffer | undefined;

  constructor(target: SocketTarget) {
    this.#target = target;
  }

  /**
   * Resolves when the connection is established, its certificate verified.
   *
   * @throws the error of the network or of TLS; the signal's reason when it is aborted.
   */
  async open(signal: AbortSignal): Promise<net.Socket> {
    signal.throwIfAborted();
    const { socket, event } = this.#connect();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once(event, resolve).once('error', reject);
    socket.once('close', () => reject(new Error('closed before it was established')));
    // Whoever holds it learns of errors from its state.
    socket.on('error', () => undefined);
    try {
      await promise;
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #connect(): { socket: net.Socket; event: string } {
    const { url, ca } = this.#target;
    // An IPv6 address stands in brackets in a URL.
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const secure = url.protocol === 'https:';
    const port = Number(url.port) || (secure ? 443 : 80);
    const base = { host, port, noDelay: true, keepAlive: true };
    if (!secure) return { socket: net.connect(base), event: 'connect' };
    const socket = tls.connect({
      ...base,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      ...(net.isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
      ...(this.#session === undefined ? {} : { session: this.#session }),
    });
    // One that is resumed is not verified again, so only those that were.
    socket.on('session', (session) => (this.#session = socket.authorized ? session : this.#session));
    return { socket, event: 'secureConnect' };
  }
}
