import { cappedBackoff, DeadlineExceededError, withDeadline } from '@uns/service';
import { abortable } from '../abortable.ts';
import { untilClosed } from '../closed.ts';
import type { CanaryFailure, CanaryOutcome } from '../outcome.ts';
import type { Timing } from '../timing.ts';
import { nextSession, wakeAt, type SessionEffect, type SessionEvent, type SessionState } from './session-state.ts';

/** The calls a session is made of. Each passes the limiter and has its own deadline. */
export interface SessionCalls {
  login(signal: AbortSignal): Promise<CanaryOutcome<string>>;
  keepAlive(token: string, signal: AbortSignal): Promise<CanaryOutcome<unknown>>;
  revoke(token: string, signal: AbortSignal): Promise<CanaryOutcome<unknown>>;
}

export interface SessionPolicy {
  /** A session unused for this long is kept alive; ms. */
  readonly keepAliveAfterMs: number;
  /** Each threshold is drawn from `keepAliveAfterMs` +- this; ms. */
  readonly keepAliveJitterMs: number;
  readonly loginBackoff: { readonly baseMs: number; readonly capMs: number };
}

export type CloseResult = 'revoked' | 'noSession' | 'notRevoked';

/** A longer `Retry-After` is cut: an hour without a session because of one answer is no service. */
const MAX_RETRY_AFTER_MS = 60_000;

/** One try to revoke a session. The stop of a pod has a few seconds for all of them; ms. */
const revokeAttemptMs = 2_000;
const revokeBackoff = { baseMs: 200, capMs: 1_000 };

/** What ends a try to revoke a session, and another may not meet. */
const mayPass: ReadonlySet<CanaryOutcome<unknown>['outcome']> = new Set([
  'rateLimited',
  'serverFault',
  'timeout',
  'connection',
  'malformed',
]);

type Waiter = (outcome: CanaryOutcome<string>) => void;

/** Holds at most one session and runs what its table of states asks for. */
export class SessionKeeper {
  readonly #calls: SessionCalls;
  readonly #policy: SessionPolicy;
  readonly #timing: Timing;
  readonly #onState: (state: SessionState['state']) => void;
  readonly #waiters = new Set<Waiter>();
  readonly #lifetime = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #state: SessionState = { state: 'closed' };
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;
  #closed: CloseResult = 'noSession';

  constructor(options: {
    calls: SessionCalls;
    policy: SessionPolicy;
    timing: Timing;
    onState?: ((state: SessionState['state']) => void) | undefined;
  }) {
    this.#calls = options.calls;
    this.#policy = options.policy;
    this.#timing = options.timing;
    this.#onState = options.onState ?? ((): void => undefined);
  }

  get state(): SessionState['state'] {
    return this.#state.state;
  }

  /**
   * Calls with an open session. When Canary rejects its token, one login serves all calls that failed with it, and each
   * is made once more.
   *
   * @throws the signal's reason when it is aborted.
   */
  async use<T>(signal: AbortSignal, call: (token: string) => Promise<CanaryOutcome<T>>): Promise<CanaryOutcome<T>> {
    const first = await this.#useOnce(signal, call);
    return first.outcome === 'badSession' ? this.#useOnce(signal, call) : first;
  }

  /**
   * Revokes the session, with as many tries as `deadlineMs` has room for. Calls that wait for one, and all later ones, are refused; let
   * the calls under way end first. Never rejects.
   */
  async close(deadlineMs: number): Promise<CloseResult> {
    this.#dispatch({ event: 'stopped' });
    try {
      await withDeadline(deadlineMs, undefined, () => this.#ended.promise);
      return this.#closed;
    } catch (error) {
      if (error instanceof DeadlineExceededError) return 'notRevoked';
      throw error;
    } finally {
      this.#lifetime.abort(new Error('the session is closed'));
    }
  }

  async #useOnce<T>(
    signal: AbortSignal,
    call: (token: string) => Promise<CanaryOutcome<T>>,
  ): Promise<CanaryOutcome<T>> {
    const session = await this.#acquire(signal);
    if (session.outcome !== 'ok') return session;
    const token = session.value;
    const startedAt = this.#timing.monotonic();
    const outcome = await call(token);
    this.#observe(token, startedAt, outcome);
    return outcome;
  }

  /** Tells the table what an answer says about the token that was sent. */
  #observe(token: string, at: number, outcome: CanaryOutcome<unknown>): void {
    if (outcome.outcome === 'badSession') {
      this.#dispatch({ event: 'rejected', token, retryAt: this.#retryLoginAt(outcome) });
    }
    if (outcome.outcome === 'ok' || outcome.outcome === 'errors') this.#dispatch({ event: 'used', token, at });
  }

  async #acquire(signal: AbortSignal): Promise<CanaryOutcome<string>> {
    signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<CanaryOutcome<string>>();
    this.#waiters.add(resolve);
    try {
      this.#dispatch({ event: 'needed', at: this.#timing.monotonic() });
      return await abortable(promise, signal);
    } finally {
      this.#waiters.delete(resolve);
    }
  }

  #dispatch(event: SessionEvent): void {
    const { next, effects } = nextSession(this.#state, event);
    const changed = next.state !== this.#state.state;
    this.#state = next;
    if (changed) this.#onState(next.state);
    for (const effect of effects) this.#perform(effect);
    this.#setAlarm();
    if (next.state === 'ended') this.#ended.resolve();
  }

  #perform(effect: SessionEffect): void {
    switch (effect.effect) {
      case 'grant':
        return this.#settle({ outcome: 'ok', value: effect.token });
      case 'deny':
        return this.#settle(effect.failure);
      case 'login':
        return void this.#login();
      case 'keepAlive':
        return void this.#keepAlive(effect.token);
      case 'revoke':
        return void this.#revoke(effect.token);
    }
  }

  #settle(outcome: CanaryOutcome<string>): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const resolve of waiters) resolve(outcome);
  }

  /** Not ended by the calls that wait for it: Canary may open the session all the same, and it must be revoked. */
  async #login(): Promise<void> {
    const outcome = await untilClosed(this.#lifetime.signal, (signal) => this.#calls.login(signal));
    if (outcome.outcome === 'ok') {
      const at = this.#timing.monotonic();
      this.#dispatch({ event: 'loggedIn', token: outcome.value, at, idleLimitMs: this.#idleLimitMs() });
    } else {
      this.#dispatch({ event: 'loginFailed', failure: outcome, retryAt: this.#retryLoginAt(outcome) });
    }
  }

  async #keepAlive(token: string): Promise<void> {
    const at = this.#timing.monotonic();
    this.#observe(
      token,
      at,
      await untilClosed(this.#lifetime.signal, (signal) => this.#calls.keepAlive(token, signal)),
    );
  }

  /** Again and again while Canary cannot be reached or asks for patience: `close` bounds it. */
  async #revoke(token: string): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#revokeOnce(token);
      // A token that Canary no longer knows needs no revoking.
      this.#closed = outcome.outcome === 'ok' || outcome.outcome === 'badSession' ? 'revoked' : 'notRevoked';
      if (!mayPass.has(outcome.outcome) || this.#lifetime.signal.aborted) break;
      await this.#pause(cappedBackoff({ ...revokeBackoff, attempt, random: () => this.#timing.random() }));
    }
    this.#dispatch({ event: 'revokeSettled' });
  }

  async #revokeOnce(token: string): Promise<CanaryOutcome<unknown>> {
    try {
      return await untilClosed(this.#lifetime.signal, (lifetime) =>
        withDeadline(revokeAttemptMs, lifetime, (signal) => this.#calls.revoke(token, signal)),
      );
    } catch (error) {
      if (error instanceof DeadlineExceededError) return { outcome: 'timeout', afterMs: error.ms };
      throw error;
    }
  }

  async #pause(ms: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const cancel = this.#timing.alarm(ms, over.resolve);
    try {
      await abortable(over.promise, this.#lifetime.signal);
    } catch (error) {
      if (!this.#lifetime.signal.aborted) throw error;
    } finally {
      cancel();
    }
  }

  #setAlarm(): void {
    const at = wakeAt(this.#state, this.#waiters.size > 0);
    // An alarm that rings early finds nothing due and is set again: `used` events need no timer work.
    if (at === null ? this.#alarm === null : this.#alarm !== null && this.#alarm.at <= at) return;
    this.#alarm?.cancel();
    this.#alarm = at === null ? null : { at, cancel: this.#timing.alarm(this.#delayTo(at), () => this.#wake()) };
  }

  #wake(): void {
    this.#alarm = null;
    this.#dispatch({ event: 'woke', at: this.#timing.monotonic(), idleLimitMs: this.#idleLimitMs() });
  }

  /** Timers count whole milliseconds: rounded up, so that the alarm does not ring before its time. */
  #delayTo(at: number): number {
    return Math.max(0, Math.ceil(at - this.#timing.monotonic()));
  }

  #idleLimitMs(): number {
    const { keepAliveAfterMs, keepAliveJitterMs } = this.#policy;
    return keepAliveAfterMs + (this.#timing.random() * 2 - 1) * keepAliveJitterMs;
  }

  #retryLoginAt(failure: CanaryFailure): number {
    const state = this.#state;
    // An open session has counted its own login already.
    const attempt = 'failures' in state ? Math.max(0, state.failures - (state.state === 'open' ? 1 : 0)) : 0;
    const own = cappedBackoff({ ...this.#policy.loginBackoff, attempt, random: () => this.#timing.random() });
    const asked = failure.outcome === 'rateLimited' || failure.outcome === 'serverFault' ? failure.retryAfterMs : null;
    return this.#timing.monotonic() + Math.max(own, Math.min(asked ?? 0, MAX_RETRY_AFTER_MS));
  }
}
