import { randomUUID } from 'node:crypto';
import type { Historian } from '../historian/historian.ts';
import type { SessionSettings } from './session-settings.ts';
import { Session } from './session.ts';

export interface SessionCounters {
  open: number;
  opened: number;
  revoked: number;
  /** Ended because nobody used them for their `clientTimeout`. */
  expired: number;
  /** Ended by a fault, as a restart of the service would. */
  dropped: number;
}

const maxOpenSessions = 10_000;

/** The sessions of the store-and-forward service. Time comes with each call; expiry is found when it matters. */
export class Sessions {
  readonly #open = new Map<string, Session>();
  #opened = 0;
  #revoked = 0;
  #expired = 0;
  #dropped = 0;
  /** Before this time no session can expire. */
  #nextExpiry = Number.POSITIVE_INFINITY;

  get counters(): SessionCounters {
    return {
      open: this.#open.size,
      opened: this.#opened,
      revoked: this.#revoked,
      expired: this.#expired,
      dropped: this.#dropped,
    };
  }

  /** A new session's token; `undefined` when too many are open. */
  open(
    o: { clientId: string; historians: readonly Historian[]; settings: SessionSettings },
    now: number,
  ): string | undefined {
    if (this.#open.size >= maxOpenSessions) return undefined;
    this.#opened += 1;
    const session = new Session({ ...o, ordinal: this.#opened, now });
    const token = randomUUID();
    this.#open.set(token, session);
    this.#mayExpireAt(session.expiresAt);
    return token;
  }

  /** The session of the token, which thereby is in use. */
  use(token: string, now: number): Session | undefined {
    this.expire(now);
    const session = this.#open.get(token);
    if (session !== undefined) session.lastUsed = now;
    return session;
  }

  /** The session of the token, left alone. */
  find(token: string): Session | undefined {
    return this.#open.get(token);
  }

  updateSettings(session: Session, settings: SessionSettings): void {
    session.settings = settings;
    this.#mayExpireAt(session.expiresAt);
  }

  revoke(token: string): void {
    if (this.#end(token)) this.#revoked += 1;
  }

  drop(token: string): void {
    if (this.#end(token)) this.#dropped += 1;
  }

  /** Ends every session that has been idle for longer than its `clientTimeout`. */
  expire(now: number): void {
    if (now <= this.#nextExpiry) return;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const [token, session] of this.#open) {
      if (now > session.expiresAt) {
        if (this.#end(token)) this.#expired += 1;
      } else {
        this.#mayExpireAt(session.expiresAt);
      }
    }
  }

  /** Starts counting anew; open sessions end without a trace unless they are kept. */
  reset(o: { keepOpen: boolean }): void {
    if (!o.keepOpen) this.#open.clear();
    for (const session of this.#open.values()) session.forgetTags();
    this.#opened = this.#open.size;
    this.#revoked = 0;
    this.#expired = 0;
    this.#dropped = 0;
  }

  #end(token: string): boolean {
    const session = this.#open.get(token);
    if (session === undefined) return false;
    this.#open.delete(token);
    session.end();
    return true;
  }

  #mayExpireAt(time: number): void {
    this.#nextExpiry = Math.min(this.#nextExpiry, time);
  }
}
