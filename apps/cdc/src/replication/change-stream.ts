import { Socket } from 'node:net';
import { DeadlineExceededError, withDeadline, type Clock, type Logger } from '@uns/service';
import { LogicalReplicationService } from 'pg-logical-replication';
import { heartbeatPrefix } from './heartbeat.ts';
import { formatLsn, type Lsn } from './lsn.ts';
import type { Change } from './parse-change.ts';
import type { PendingChanges } from './pending-changes.ts';
import { StreamPosition } from './stream-position.ts';
import type { ReplicationConnection } from './replication-connection.ts';
import { WakeUpPlugin } from './wake-up-plugin.ts';

/** The connection is there but says nothing, though it was asked. */
export class StreamSilentError extends Error {
  override readonly name = 'StreamSilentError';
}

export interface ChangeStreamOptions {
  connection: ReplicationConnection;
  slot: string;
  publication: string;
  /** What the slot holds as confirmed. */
  confirmed: Lsn;
  pending: PendingChanges;
  clock: Clock;
  logger: Logger;
}

/**
 * One connection of the change stream: from START_REPLICATION until it is lost. It is never used again; a new connection takes a new
 * object, because the library resumes where it received, not where it confirmed.
 *
 * Four ways in which pg-logical-replication 2.5 acknowledges what nobody has recorded are closed here: its timer is off
 * (`timeoutSeconds: 0`), only a commit's own LSN is acknowledged, each connection has a new instance that starts at 0/0, and no
 * handler of it ever rejects (a failure is latched and ends the connection).
 */
export class ChangeStream {
  readonly #o: ChangeStreamOptions;
  readonly #position: StreamPosition;
  readonly #service: LogicalReplicationService;
  readonly #failed = Promise.withResolvers<never>();
  readonly #started = Promise.withResolvers<void>();
  #socket: Socket | undefined;
  #lastHeardMs: number;
  #lastSentMs = 0;
  #broken = false;

  constructor(o: ChangeStreamOptions) {
    this.#o = o;
    this.#position = new StreamPosition(o.confirmed);
    this.#lastHeardMs = o.clock.monotonic();
    // Whoever runs the stream awaits these; until then a rejection is not unhandled.
    this.#failed.promise.catch(() => undefined);
    this.#started.promise.catch(() => undefined);
    const stream = (): Socket => (this.#socket = new Socket());
    this.#service = new LogicalReplicationService(
      { ...o.connection.clientConfig, stream },
      { acknowledge: { auto: false, timeoutSeconds: 0 }, flowControl: { enabled: false } },
    );
    this.#service.on('start', () => this.#started.resolve());
    this.#service.on('data', (_lsn: string, change: Change) => this.#guard(() => this.#receive(change)));
    this.#service.on('heartbeat', (_lsn: string, _time: number, answer: boolean) =>
      this.#guard(() => this.#keepalive(answer)),
    );
    this.#service.on('error', (error: Error) => this.#fail(error));
  }

  /** Resolves when the server streams. Rejects with the server's error: SQLSTATE 55006 while another process has the slot. */
  start(): Promise<void> {
    this.#service.subscribe(new WakeUpPlugin(this.#o.publication), this.#o.slot, '0/0').then(
      () => this.#fail(new Error('the server ended the change stream')),
      (error: unknown) => this.#fail(error),
    );
    return Promise.race([this.#started.promise, this.#failed.promise]);
  }

  /** Never resolves; rejects when the connection is lost, silent or out of order. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Everything up to this commit is in the store: the server may forget it. */
  recorded(commitLsn: Lsn): void {
    this.#position.recorded(commitLsn);
    this.#acknowledge(false);
  }

  /** Call it several times within the server's `wal_sender_timeout`: says that we live, and asks the server to say so. */
  tick(): void {
    const silentMs = this.#o.clock.monotonic() - this.#lastHeardMs;
    if (silentMs > this.#o.connection.silentAfterMs) {
      this.#fail(new StreamSilentError(`the change stream was silent for ${Math.round(silentMs)} ms`));
      return;
    }
    this.#acknowledge(true);
  }

  /** Ends the connection; by force when the server does not answer. */
  async close(): Promise<void> {
    this.#broken = true;
    try {
      await withDeadline(2000, undefined, async () => this.#service.destroy());
    } catch (error) {
      const level = error instanceof DeadlineExceededError ? 'debug' : 'warn';
      this.#o.logger[level]({ err: error }, 'change stream closed by force');
    } finally {
      this.#socket?.destroy();
    }
  }

  #receive(change: Change): void {
    this.#lastHeardMs = this.#o.clock.monotonic();
    switch (change.kind) {
      case 'begin':
        this.#position.begin();
        this.#o.pending.begin(change.transaction);
        break;
      case 'row':
        this.#o.pending.add(change.metricIds);
        break;
      case 'commit':
        this.#position.commit(change.commitLsn);
        this.#o.pending.commit(this.#position.received);
        break;
      case 'truncate':
        this.#o.pending.truncate();
        break;
      case 'message':
        if (change.prefix === heartbeatPrefix) this.#o.pending.heartbeat(change.content);
        break;
      case 'unreadable':
        throw change.error;
      case 'relation':
      case 'other':
        break;
    }
    // A transaction of a million rows takes seconds to arrive, in which the server wants to hear from us.
    if (this.#lastHeardMs - this.#lastSentMs > this.#o.connection.statusEveryMs) this.#acknowledge(false);
  }

  #keepalive(answer: boolean): void {
    this.#lastHeardMs = this.#o.clock.monotonic();
    if (answer) this.#acknowledge(false);
  }

  #acknowledge(askForAnswer: boolean): void {
    if (this.#broken) return;
    this.#lastSentMs = this.#o.clock.monotonic();
    this.#service
      .acknowledge(formatLsn(this.#position.acknowledgeable), askForAnswer)
      .catch((error: unknown) => this.#fail(error));
  }

  #guard(handle: () => void): void {
    if (this.#broken) return;
    try {
      handle();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#failed.reject(error);
  }
}
