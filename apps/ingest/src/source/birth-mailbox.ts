/** A birth as it came from the broker. */
export interface BirthMessage {
  topic: string;
  group: string;
  edge: string;
  /** Null for the birth of the edge node itself. */
  device: string | null;
  payload: Buffer;
  receivedAt: Date;
  /** Kept by the broker from an earlier time: it may be old. */
  retained: boolean;
}

export type Offered =
  | 'queued'
  /** It took the place of an older birth of the same device, which nobody needs any more. */
  | 'replaced'
  /** There was no room for it: the device has to be asked again. */
  | 'refused';

/** Also births without a byte take room. */
const mostBirths = 50_000;

/**
 * Holds for each topic the newest birth that is not worked on yet. While the store is slow births of one device take each other's
 * place, so the mailbox is bounded by the devices, and in any case by `boundBytes` and 50,000 births. Topics are served in turn, and never two births
 * of one topic at once. Births of devices wait for that of their edge node, which says what they refer to.
 */
export class BirthMailbox {
  readonly boundBytes: number;
  readonly #queued = new Map<string, BirthMessage>();
  readonly #busy = new Set<string>();
  /** Edge nodes whose own birth is queued or worked on. */
  readonly #nodesFirst = new Set<string>();
  readonly #takers: (() => void)[] = [];
  #bytes = 0;
  #peakBytes = 0;

  constructor(boundBytes: number) {
    this.boundBytes = boundBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get peakBytes(): number {
    return this.#peakBytes;
  }

  get size(): number {
    return this.#queued.size;
  }

  /** Is a birth of the topic waiting? */
  holds(topic: string): boolean {
    return this.#queued.has(topic);
  }

  offer(message: BirthMessage): Offered {
    const older = this.#queued.get(message.topic);
    // A retained copy may come late; what came live after it was kept is newer.
    if (older !== undefined && message.retained && !older.retained) return 'replaced';
    const bytes = this.#bytes - (older?.payload.length ?? 0) + message.payload.length;
    if (bytes > this.boundBytes || (older === undefined && this.size >= mostBirths)) return 'refused';
    this.#bytes = bytes;
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
    // Setting a key that is there keeps its place in the order.
    this.#queued.set(message.topic, message);
    if (message.device === null) this.#nodesFirst.add(nodeOf(message));
    this.#takers.shift()?.();
    return older === undefined ? 'queued' : 'replaced';
  }

  /**
   * Waits for a birth of a topic that nobody works on; give it back with `done`. Rejects when aborted.
   */
  async take(signal: AbortSignal): Promise<BirthMessage> {
    for (;;) {
      signal.throwIfAborted();
      for (const [topic, message] of this.#queued) {
        if (this.#busy.has(topic)) continue;
        if (message.device !== null && this.#nodesFirst.has(nodeOf(message))) continue;
        this.#queued.delete(topic);
        this.#busy.add(topic);
        this.#bytes -= message.payload.length;
        return message;
      }
      await this.#change(signal);
    }
  }

  done(message: BirthMessage): void {
    this.#busy.delete(message.topic);
    if (this.#queued.has(message.topic)) this.#takers.shift()?.();
    else if (message.device === null) {
      this.#nodesFirst.delete(nodeOf(message));
      for (const wake of this.#takers.splice(0)) wake();
    }
  }

  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    this.#takers.push(wake);
    signal.addEventListener('abort', wake, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', wake);
      const at = this.#takers.indexOf(wake);
      if (at !== -1) this.#takers.splice(at, 1);
    }
  }
}

const nodeOf = ({ group, edge }: BirthMessage): string => JSON.stringify([group, edge]);
