import { createServer, type Server, type Socket } from 'node:net';

/** Bytes of one request: the instant it was sent, by the clock that all processes of this machine share. */
export const requestBytes = 8;

/**
 * A receiver that notes when each request was sent, and answers it with one byte. The instant travels in the request: a stall of
 * the receiving process would make requests that arrived apart look as if they had arrived together.
 */
export class SendRecorder {
  readonly #sentAt: number[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<SendRecorder> {
    const server = createServer({ noDelay: true });
    const recorder = new SendRecorder(server);
    server.on('connection', (socket) => recorder.#record(socket));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return recorder;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the recorder does not listen');
    return address.port;
  }

  /** Instants of all requests so far, ms, ascending. */
  get sentAt(): number[] {
    return this.#sentAt.toSorted((a, b) => a - b);
  }

  #record(socket: Socket): void {
    let rest = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      let answered = 0;
      while (rest.length >= requestBytes) {
        this.#sentAt.push(Number(rest.readBigInt64LE()) / 1e6);
        rest = rest.subarray(requestBytes);
        answered += 1;
      }
      socket.write(Buffer.alloc(answered));
    });
    // Pods are killed on purpose.
    socket.on('error', () => socket.destroy());
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }
}

/** The most instants that any window of `windowMs` holds, both its ends included: the strictest reading of a cap. */
export function largestWindow(instants: readonly number[], windowMs = 1000): number {
  let largest = 0;
  let first = 0;
  for (const [last, instant] of instants.entries()) {
    while (instant - (instants[first] ?? instant) > windowMs) first += 1;
    largest = Math.max(largest, last - first + 1);
  }
  return largest;
}

/** The longest time between two instants that follow each other, ms. */
export function largestGap(instants: readonly number[]): number {
  return instants.reduce((gap, instant, i) => Math.max(gap, instant - (instants[i - 1] ?? instant)), 0);
}
