import { describe, expect, it } from '@jest/globals';
import { nextSession, wakeAt, type SessionEvent, type SessionState } from './session-state.ts';

const states: { readonly [S in SessionState['state']]: Extract<SessionState, { state: S }> } = {
  closed: { state: 'closed' },
  opening: { state: 'opening', failures: 2 },
  open: { state: 'open', token: 'T', usedAt: 1_000, idleLimitMs: 30_000, failures: 0 },
  refreshing: { state: 'refreshing', failures: 0 },
  backingOff: { state: 'backingOff', failures: 1, until: 5_000 },
  abandoning: { state: 'abandoning' },
  closing: { state: 'closing' },
  ended: { state: 'ended' },
};

const events: { readonly [E in SessionEvent['event']]: Extract<SessionEvent, { event: E }> } = {
  needed: { event: 'needed', at: 40_000 },
  loggedIn: { event: 'loggedIn', token: 'N', at: 40_000, idleLimitMs: 25_000 },
  loginFailed: { event: 'loginFailed', failure: { outcome: 'timeout', afterMs: 10_000 }, retryAt: 41_000 },
  rejected: { event: 'rejected', token: 'T', retryAt: 41_000 },
  used: { event: 'used', token: 'T', at: 2_000 },
  woke: { event: 'woke', at: 40_000, idleLimitMs: 35_000 },
  stopped: { event: 'stopped' },
  revokeSettled: { event: 'revokeSettled' },
};

type Expected = `${SessionState['state']}${'' | ` ${string}`}`;

/** Next state, then the effects. Written out whole: a cell nobody thought about is a cell nobody tested. */
const table: { readonly [S in SessionState['state']]: { readonly [E in SessionEvent['event']]: Expected } } = {
  closed: {
    needed: 'opening login',
    loggedIn: 'closed',
    loginFailed: 'closed',
    rejected: 'closed',
    used: 'closed',
    woke: 'closed',
    stopped: 'ended',
    revokeSettled: 'closed',
  },
  opening: {
    needed: 'opening',
    loggedIn: 'open grant',
    loginFailed: 'backingOff deny',
    rejected: 'opening',
    used: 'opening',
    woke: 'opening',
    stopped: 'abandoning deny',
    revokeSettled: 'opening',
  },
  open: {
    needed: 'open grant',
    loggedIn: 'open',
    loginFailed: 'open',
    rejected: 'refreshing login',
    used: 'open',
    woke: 'open keepAlive',
    stopped: 'closing revoke',
    revokeSettled: 'open',
  },
  refreshing: {
    needed: 'refreshing',
    loggedIn: 'open grant',
    loginFailed: 'backingOff deny',
    rejected: 'refreshing',
    used: 'refreshing',
    woke: 'refreshing',
    stopped: 'abandoning deny',
    revokeSettled: 'refreshing',
  },
  backingOff: {
    needed: 'opening login',
    loggedIn: 'backingOff',
    loginFailed: 'backingOff',
    rejected: 'backingOff',
    used: 'backingOff',
    woke: 'opening login',
    stopped: 'ended deny',
    revokeSettled: 'backingOff',
  },
  abandoning: {
    needed: 'abandoning deny',
    loggedIn: 'closing revoke',
    loginFailed: 'ended',
    rejected: 'abandoning',
    used: 'abandoning',
    woke: 'abandoning',
    stopped: 'abandoning',
    revokeSettled: 'abandoning',
  },
  closing: {
    needed: 'closing deny',
    loggedIn: 'closing',
    loginFailed: 'closing',
    rejected: 'closing',
    used: 'closing',
    woke: 'closing',
    stopped: 'closing',
    revokeSettled: 'ended',
  },
  ended: {
    needed: 'ended deny',
    loggedIn: 'ended',
    loginFailed: 'ended',
    rejected: 'ended',
    used: 'ended',
    woke: 'ended',
    stopped: 'ended',
    revokeSettled: 'ended',
  },
};

const cells = Object.values(states).flatMap((state) =>
  Object.values(events).map((event) => ({ state, event, expected: table[state.state][event.event] })),
);

describe('the session as a table of states', () => {
  it.each(cells.map((cell) => [cell.state.state, cell.event.event, cell] as const))(
    '%s + %s',
    (_state, _event, cell) => {
      const { next, effects } = nextSession(cell.state, cell.event);
      expect([next.state, ...effects.map(({ effect }) => effect)].join(' ')).toBe(cell.expected);
    },
  );

  it('a login opens with its token, which counts as unproven until Canary accepts it', () => {
    expect(nextSession(states.opening, events.loggedIn)).toEqual({
      next: { state: 'open', token: 'N', usedAt: 40_000, idleLimitMs: 25_000, failures: 3 },
      effects: [{ effect: 'grant', token: 'N' }],
    });
    expect(nextSession({ ...states.open, failures: 3 }, events.used).next).toEqual({ ...states.open, usedAt: 2_000 });
  });

  it('failures of logins in a row are counted', () => {
    expect(nextSession(states.opening, events.loginFailed)).toEqual({
      next: { state: 'backingOff', failures: 3, until: 41_000 },
      effects: [{ effect: 'deny', failure: { outcome: 'timeout', afterMs: 10_000 } }],
    });
  });

  it('a token rejected before it was ever accepted is not refreshed at once', () => {
    expect(nextSession({ ...states.open, failures: 2 }, events.rejected)).toEqual({
      next: { state: 'backingOff', failures: 2, until: 41_000 },
      effects: [],
    });
  });

  it('the rejection of a token that is no longer current changes nothing', () => {
    const late = { ...events.rejected, token: 'OLD' };
    expect(nextSession(states.open, late)).toEqual({ next: states.open, effects: [] });
  });

  it('the use of a token that is no longer current proves nothing about the current one', () => {
    const unproven = { ...states.open, failures: 1 };
    expect(nextSession(unproven, { ...events.used, token: 'OLD' }).next).toEqual(unproven);
  });

  it('the idle time runs from the latest use, whatever order answers come in', () => {
    const used = nextSession(states.open, { ...events.used, at: 9_000 }).next;
    const older = nextSession(used, { ...events.used, at: 3_000 }).next;
    expect(wakeAt(older, false)).toBe(39_000);
  });

  it('is kept alive when it was idle for its limit, not before, and then with a new limit', () => {
    expect(nextSession(states.open, { ...events.woke, at: 30_999 })).toEqual({ next: states.open, effects: [] });
    expect(nextSession(states.open, { ...events.woke, at: 31_000 })).toEqual({
      next: { ...states.open, usedAt: 31_000, idleLimitMs: 35_000 },
      effects: [{ effect: 'keepAlive', token: 'T' }],
    });
  });

  it('does not log in again before the backoff is over', () => {
    expect(nextSession(states.backingOff, { ...events.needed, at: 4_999 })).toEqual({
      next: states.backingOff,
      effects: [],
    });
    expect(nextSession(states.backingOff, { ...events.woke, at: 4_999 })).toEqual({
      next: states.backingOff,
      effects: [],
    });
  });

  it('wants to be woken only when time changes something', () => {
    const waking = Object.values(states).map((state) => [state.state, wakeAt(state, true), wakeAt(state, false)]);
    expect(waking.filter(([, waited, alone]) => waited !== null || alone !== null)).toEqual([
      ['open', 31_000, 31_000],
      ['backingOff', 5_000, null],
    ]);
  });
});
