import { randomUUID } from 'node:crypto';
import type { Clock } from '@uns/service';
import type { Sql } from 'postgres';

export const heartbeatPrefix = 'uns_meta_heartbeat';

/**
 * A message through the log and back. It keeps an idle publication from pinning the log of the whole server (it is transactional, so
 * its commit is acknowledged like any other), and its round trip, through the stream and into the record, tells that both are alive.
 */
export class Heartbeat {
  readonly #sql: Sql;
  readonly #clock: Clock;
  #sent: { id: string; atMs: number } | null = null;
  #roundTripMs: number | null = null;

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  /** The last round trip, in ms; null before the first. */
  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  /** How long the heartbeat under way has been, in ms; 0 when none is. */
  get outstandingMs(): number {
    return this.#sent === null ? 0 : this.#clock.monotonic() - this.#sent.atMs;
  }

  async send(): Promise<void> {
    const id = randomUUID();
    // One that has not come back stays the one that is waited for: what it measures is how long the stream is stuck.
    this.#sent ??= { id, atMs: this.#clock.monotonic() };
    await this.#sql`select pg_logical_emit_message(true, ${heartbeatPrefix}, ${this.#sent.id})`;
  }

  /** It came back, and everything before it is in the store. */
  recorded(id: string): void {
    if (this.#sent?.id !== id) return;
    this.#roundTripMs = this.#clock.monotonic() - this.#sent.atMs;
    this.#sent = null;
  }

  /** A new connection: what was sent before may have been read by another process. */
  reset(): void {
    this.#sent = null;
  }
}
