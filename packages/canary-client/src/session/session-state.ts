import { clientClosed } from '../closed.ts';
import type { CanaryFailure } from '../outcome.ts';

/** A session with Canary's write service. Times are monotonic ms. */
export type SessionState =
  | { readonly state: 'closed' }
  /** A login is under way. `failures` logins in a row before it led to no call that Canary accepted. */
  | { readonly state: 'opening'; readonly failures: number }
  /** `failures` counts this login too until Canary accepts its token once. */
  | {
      readonly state: 'open';
      readonly token: string;
      readonly usedAt: number;
      readonly idleLimitMs: number;
      readonly failures: number;
    }
  /** A login is under way because Canary rejected the token that was open. */
  | { readonly state: 'refreshing'; readonly failures: number }
  /** The last login failed, or its token was rejected at once; the next one starts at `until`, if somebody waits. */
  | { readonly state: 'backingOff'; readonly failures: number; readonly until: number }
  /** Stopped while a login was under way: a session it opens is revoked at once. */
  | { readonly state: 'abandoning' }
  /** The token is being revoked. */
  | { readonly state: 'closing' }
  | { readonly state: 'ended' };

export type SessionEvent =
  | { readonly event: 'needed'; readonly at: number }
  | { readonly event: 'loggedIn'; readonly token: string; readonly at: number; readonly idleLimitMs: number }
  | { readonly event: 'loginFailed'; readonly failure: CanaryFailure; readonly retryAt: number }
  /** Canary answered `BadSessionToken` to this token. */
  | { readonly event: 'rejected'; readonly token: string; readonly retryAt: number }
  /** Canary accepted this token. */
  | { readonly event: 'used'; readonly token: string; readonly at: number }
  /** The time of `wakeAt` came. `idleLimitMs` is the jittered limit to apply from now on. */
  | { readonly event: 'woke'; readonly at: number; readonly idleLimitMs: number }
  | { readonly event: 'stopped' }
  | { readonly event: 'revokeSettled' };

export type SessionEffect =
  | { readonly effect: 'login' }
  /** Give the token to everyone who waits. */
  | { readonly effect: 'grant'; readonly token: string }
  /** Tell everyone who waits that there is no session. */
  | { readonly effect: 'deny'; readonly failure: CanaryFailure }
  | { readonly effect: 'keepAlive'; readonly token: string }
  | { readonly effect: 'revoke'; readonly token: string };

export interface SessionStep {
  readonly next: SessionState;
  readonly effects: readonly SessionEffect[];
}

const deny: SessionEffect = { effect: 'deny', failure: clientClosed };
const ended: SessionState = { state: 'ended' };

type EventOf<E extends SessionEvent['event']> = Extract<SessionEvent, { event: E }>;
type StateOf<S extends SessionState['state']> = Extract<SessionState, { state: S }>;
type Row<S extends SessionState['state']> = {
  readonly [E in SessionEvent['event']]?: (state: StateOf<S>, event: EventOf<E>) => SessionStep;
};

const step = (next: SessionState, ...effects: SessionEffect[]): SessionStep => ({ next, effects });

const loginUnderWay = {
  loggedIn: ({ failures }, { token, at, idleLimitMs }) =>
    step({ state: 'open', token, usedAt: at, idleLimitMs, failures: failures + 1 }, { effect: 'grant', token }),
  loginFailed: (state, { failure, retryAt }) =>
    step({ state: 'backingOff', failures: state.failures + 1, until: retryAt }, { effect: 'deny', failure }),
  stopped: () => step({ state: 'abandoning' }, deny),
} satisfies Row<'opening' | 'refreshing'>;

/** What each event does in each state. An event without an entry changes nothing. */
const table: { readonly [S in SessionState['state']]: Row<S> } = {
  closed: {
    needed: () => step({ state: 'opening', failures: 0 }, { effect: 'login' }),
    stopped: () => step(ended),
  },
  opening: loginUnderWay,
  refreshing: loginUnderWay,
  open: {
    needed: (state) => step(state, { effect: 'grant', token: state.token }),
    // Fifty calls that fail with one token come here fifty times; only the first finds it still open.
    rejected: (state, { token, retryAt }) => {
      if (token !== state.token) return step(state);
      // New tokens that are never accepted would otherwise mean logins as fast as calls.
      if (state.failures > 0) return step({ state: 'backingOff', failures: state.failures, until: retryAt });
      return step({ state: 'refreshing', failures: 0 }, { effect: 'login' });
    },
    used: (state, { token, at }) =>
      step(token === state.token ? { ...state, usedAt: Math.max(state.usedAt, at), failures: 0 } : state),
    woke: (state, { at, idleLimitMs }) =>
      at < state.usedAt + state.idleLimitMs
        ? step(state)
        : step({ ...state, usedAt: at, idleLimitMs }, { effect: 'keepAlive', token: state.token }),
    stopped: (state) => step({ state: 'closing' }, { effect: 'revoke', token: state.token }),
  },
  backingOff: {
    needed: (state, { at }) =>
      at < state.until ? step(state) : step({ state: 'opening', failures: state.failures }, { effect: 'login' }),
    woke: (state, { at }) =>
      at < state.until ? step(state) : step({ state: 'opening', failures: state.failures }, { effect: 'login' }),
    stopped: () => step(ended, deny),
  },
  abandoning: {
    needed: (state) => step(state, deny),
    loggedIn: (_state, { token }) => step({ state: 'closing' }, { effect: 'revoke', token }),
    loginFailed: () => step(ended),
  },
  closing: {
    needed: (state) => step(state, deny),
    revokeSettled: () => step(ended),
  },
  ended: {
    needed: (state) => step(state, deny),
  },
};

/** The next state and what to do about it. Pure. */
export function nextSession(state: SessionState, event: SessionEvent): SessionStep {
  const row: { readonly [E in SessionEvent['event']]?: unknown } = table[state.state];
  // TypeScript does not follow that the entry at [state][event] takes this state and this event.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const handle = row[event.event] as ((state: SessionState, event: SessionEvent) => SessionStep) | undefined;
  return handle?.(state, event) ?? step(state);
}

/**
 * When the state wants a `woke` event, in monotonic ms; null when time alone changes nothing.
 *
 * @param waiting Whether a call waits for a session: a failed login is not repeated for nobody.
 */
export function wakeAt(state: SessionState, waiting: boolean): number | null {
  if (state.state === 'open') return state.usedAt + state.idleLimitMs;
  return state.state === 'backingOff' && waiting ? state.until : null;
}
