import { describe, expect, it } from '@jest/globals';
import { ok, type CanaryFailure, type CanaryOutcome } from '../outcome.ts';
import { ManualTiming, settled } from '../testing/manual-timing.ts';
import { SessionKeeper, type SessionCalls } from './session-keeper.ts';

const never = new AbortController().signal;
const policy = { keepAliveAfterMs: 30_000, keepAliveJitterMs: 10_000, loginBackoff: { baseMs: 1_000, capMs: 8_000 } };
const fault: CanaryFailure = { outcome: 'serverFault', status: 503, retryAfterMs: null };

const rejecting = async (): Promise<CanaryOutcome<null>> => Promise.resolve({ outcome: 'badSession' });

/** Canary as far as sessions go: it knows the tokens it gave out until it forgets or revokes them. */
class FakeCanary implements SessionCalls {
  readonly log: string[] = [];
  readonly known = new Set<string>();
  /** Answers to the next logins, before any succeeds. */
  failures: CanaryFailure[] = [];
  keepAliveFailure: CanaryFailure | null = null;
  /** Answers to the next revocations, before any succeeds. */
  revokeFailures: CanaryFailure[] = [];
  /** Logins and revocations wait for this. */
  gate: Promise<void> = Promise.resolve();
  #logins = 0;

  async login(): Promise<CanaryOutcome<string>> {
    this.log.push('login');
    await this.gate;
    const failure = this.failures.shift();
    if (failure !== undefined) return failure;
    const token = `token-${++this.#logins}`;
    this.known.add(token);
    return ok(token);
  }

  async keepAlive(token: string): Promise<CanaryOutcome<null>> {
    this.log.push(`keepAlive ${token}`);
    return this.keepAliveFailure ?? this.#check(token);
  }

  async revoke(token: string): Promise<CanaryOutcome<null>> {
    this.log.push(`revoke ${token}`);
    await this.gate;
    const failure = this.revokeFailures.shift();
    if (failure !== undefined) return failure;
    this.known.delete(token);
    return ok(null);
  }

  readonly store = async (token: string): Promise<CanaryOutcome<null>> => {
    this.log.push(`store ${token}`);
    await Promise.resolve();
    return this.#check(token);
  };

  revocations(): number {
    return this.log.filter((entry) => entry.startsWith('revoke')).length;
  }

  logins(): number {
    return this.log.filter((entry) => entry === 'login').length;
  }

  #check(token: string): CanaryOutcome<null> {
    return this.known.has(token) ? ok(null) : { outcome: 'badSession' };
  }
}

function keeper(random?: () => number): { canary: FakeCanary; session: SessionKeeper; timing: ManualTiming } {
  const canary = new FakeCanary();
  const timing = new ManualTiming(random);
  return { canary, timing, session: new SessionKeeper({ calls: canary, policy, timing }) };
}

describe('opening a session', () => {
  it('fifty calls at once need one login', async () => {
    const { canary, session } = keeper();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => session.use(never, canary.store)));
    expect(outcomes).toEqual(Array.from({ length: 50 }, () => ok(null)));
    expect(canary.logins()).toBe(1);
  });

  it('no call, no login', async () => {
    const { canary, timing } = keeper();
    await timing.advance(600_000);
    expect(canary.log).toEqual([]);
  });

  it('a login that fails is what every waiting call gets', async () => {
    const { canary, session } = keeper();
    canary.failures = [{ outcome: 'unauthorised', detail: 'HTTP 401' }];
    const outcomes = await Promise.all([session.use(never, canary.store), session.use(never, canary.store)]);
    expect(outcomes).toEqual([
      { outcome: 'unauthorised', detail: 'HTTP 401' },
      { outcome: 'unauthorised', detail: 'HTTP 401' },
    ]);
    expect(canary.log).toEqual(['login']);
  });

  it('the next login waits for the backoff, which doubles, and the calls wait with it', async () => {
    const { canary, session, timing } = keeper(() => 1);
    canary.failures = [fault, fault];
    expect(await session.use(never, canary.store)).toEqual(fault);

    const second = session.use(never, canary.store);
    await timing.advance(999);
    expect(canary.logins()).toBe(1);
    await timing.advance(1);
    expect(await second).toEqual(fault);
    expect(canary.logins()).toBe(2);

    const third = session.use(never, canary.store);
    await timing.advance(1_999);
    expect(canary.logins()).toBe(2);
    await timing.advance(1);
    expect(await third).toEqual(ok(null));
  });

  it('honours Retry-After, but not for longer than a minute', async () => {
    const { canary, session, timing } = keeper();
    canary.failures = [
      { outcome: 'rateLimited', retryAfterMs: 5_000 },
      { outcome: 'rateLimited', retryAfterMs: 3_600_000 },
    ];
    await session.use(never, canary.store);
    const second = session.use(never, canary.store);
    await timing.advance(4_999);
    expect(canary.logins()).toBe(1);
    await timing.advance(1);
    await second;
    const third = session.use(never, canary.store);
    await timing.advance(60_000);
    expect(await third).toEqual(ok(null));
  });

  it('is not repeated for nobody', async () => {
    const { canary, session, timing } = keeper();
    canary.failures = [fault];
    await session.use(never, canary.store);
    await timing.advance(600_000);
    expect(canary.logins()).toBe(1);
    expect(timing.pendingAlarms).toBe(0);
  });

  it('a call that is given up stops waiting; the login goes on for the others', async () => {
    const { canary, session } = keeper();
    const gate = Promise.withResolvers<void>();
    canary.gate = gate.promise;
    const caller = new AbortController();
    const given = session.use(caller.signal, canary.store);
    const other = session.use(never, canary.store);
    caller.abort(new Error('stop'));
    await expect(given).rejects.toThrow('stop');
    gate.resolve();
    expect(await other).toEqual(ok(null));
    expect(canary.logins()).toBe(1);
  });
});

describe('CT-02 a token that Canary rejects', () => {
  it('fifty calls that fail with it need one login, and each is made once more', async () => {
    const { canary, session } = keeper();
    await session.use(never, canary.store);
    canary.known.clear();
    canary.log.length = 0;
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => session.use(never, canary.store)));
    expect(outcomes).toEqual(Array.from({ length: 50 }, () => ok(null)));
    expect(canary.logins()).toBe(1);
    expect(canary.log.filter((entry) => entry === 'store token-1')).toHaveLength(50);
    expect(canary.log.filter((entry) => entry === 'store token-2')).toHaveLength(50);
  });

  it('one that is rejected again is reported, and logins then back off', async () => {
    const { canary, session, timing } = keeper(() => 1);
    const first = session.use(never, rejecting);
    await settled();
    await timing.advance(1_000);
    expect(await first).toEqual({ outcome: 'badSession' });
    expect(canary.logins()).toBe(2);
    const second = session.use(never, rejecting);
    await timing.advance(1_999);
    expect(canary.logins()).toBe(2);
    await timing.advance(1);
    expect(canary.logins()).toBe(3);
    await timing.advance(3_999);
    expect(canary.logins()).toBe(3);
    await timing.advance(1);
    expect(canary.logins()).toBe(4);
    expect(await second).toEqual({ outcome: 'badSession' });
  });

  it('errors about the data say that the token is good', async () => {
    const { canary, session } = keeper();
    const errors: CanaryFailure = { outcome: 'errors', messages: ['bad tag'] };
    expect(await session.use(never, async () => Promise.resolve(errors))).toEqual(errors);
    canary.known.clear();
    // Proven, so the rejection that follows is refreshed at once.
    expect(await session.use(never, canary.store)).toEqual(ok(null));
  });
});

describe('keeping a session alive', () => {
  it('asks after the idle threshold, and again and again', async () => {
    const { canary, session, timing } = keeper();
    await session.use(never, canary.store);
    canary.log.length = 0;
    await timing.advance(29_999);
    expect(canary.log).toEqual([]);
    await timing.advance(1);
    expect(canary.log).toEqual(['keepAlive token-1']);
    await timing.advance(60_000);
    expect(canary.log).toHaveLength(3);
  });

  it.each([
    ['earliest after 20 s', 0, 20_000],
    ['latest after 40 s', 1, 40_000],
  ])('%s', async (_name, chance, expected) => {
    const { canary, session, timing } = keeper(() => chance);
    await session.use(never, canary.store);
    await timing.advance(expected - 1);
    expect(canary.log).not.toContain('keepAlive token-1');
    await timing.advance(1);
    expect(canary.log).toContain('keepAlive token-1');
  });

  it('does not ask while the session is in use, and sets one alarm, not one per call', async () => {
    const { canary, session, timing } = keeper();
    for (let i = 0; i < 20; i++) {
      await session.use(never, canary.store);
      await timing.advance(10_000);
      expect(timing.pendingAlarms).toBe(1);
    }
    expect(canary.log.filter((entry) => entry.startsWith('keepAlive'))).toEqual([]);
  });

  it('a session found dead is opened anew', async () => {
    const { canary, session, timing } = keeper();
    await session.use(never, canary.store);
    canary.known.clear();
    await timing.advance(30_000);
    expect(canary.log).toEqual(['login', 'store token-1', 'keepAlive token-1', 'login']);
    await session.use(never, canary.store);
    expect(canary.log.at(-1)).toBe('store token-2');
  });

  it('a keep-alive that fails otherwise leaves the session as it is', async () => {
    const { canary, session, timing } = keeper();
    await session.use(never, canary.store);
    canary.keepAliveFailure = fault;
    await timing.advance(30_000);
    expect(session.state).toBe('open');
    expect(canary.logins()).toBe(1);
  });
});

describe('closing a session', () => {
  it('revokes the token and refuses what comes later', async () => {
    const { canary, session, timing } = keeper();
    await session.use(never, canary.store);
    expect(await session.close(1_000)).toBe('revoked');
    expect(canary.known.size).toBe(0);
    expect(await session.use(never, canary.store)).toMatchObject({ outcome: 'refused', reason: 'closed' });
    expect(session.state).toBe('ended');
    expect(timing.pendingAlarms).toBe(0);
  });

  it('has nothing to revoke when none was opened', async () => {
    const { canary, session } = keeper();
    expect(await session.close(1_000)).toBe('noSession');
    expect(canary.log).toEqual([]);
  });

  it('during a login waits for it and revokes what it opened', async () => {
    const { canary, session } = keeper();
    const gate = Promise.withResolvers<void>();
    canary.gate = gate.promise;
    const waiting = session.use(never, canary.store);
    await settled();
    const closed = session.close(5_000);
    expect(await waiting).toMatchObject({ outcome: 'refused', reason: 'closed' });
    gate.resolve();
    expect(await closed).toBe('revoked');
    expect(canary.log).toEqual(['login', 'revoke token-1']);
  });

  it('tries again while Canary cannot be reached or asks for patience', async () => {
    const { canary, session, timing } = keeper(() => 1);
    await session.use(never, canary.store);
    const tooMany: CanaryFailure = { outcome: 'rateLimited', retryAfterMs: null };
    const lost: CanaryFailure = { outcome: 'connection', code: 'ECONNRESET' };
    canary.revokeFailures = [tooMany, fault, lost];
    const closed = session.close(60_000);
    await settled();
    await timing.advance(199);
    expect(canary.revocations()).toBe(1);
    await timing.advance(1);
    expect(canary.revocations()).toBe(2);
    await timing.advance(400 + 800);
    expect(await closed).toBe('revoked');
    expect(canary.revocations()).toBe(4);
    expect(canary.known.size).toBe(0);
    expect(timing.pendingAlarms).toBe(0);
  });

  it('does not try again what Canary has refused', async () => {
    const { canary, session } = keeper();
    await session.use(never, canary.store);
    canary.revokeFailures = [{ outcome: 'errors', messages: ['no'] }];
    expect(await session.close(60_000)).toBe('notRevoked');
    expect(canary.revocations()).toBe(1);
  });

  it('gives up at its deadline while it waits to try again', async () => {
    const { canary, session, timing } = keeper();
    await session.use(never, canary.store);
    canary.revokeFailures = [fault];
    expect(await session.close(20)).toBe('notRevoked');
    await settled();
    expect(timing.pendingAlarms).toBe(0);
    expect(session.state).toBe('ended');
  });

  it('gives up at its deadline and says so', async () => {
    const { canary, session } = keeper();
    await session.use(never, canary.store);
    canary.gate = new Promise(() => undefined);
    expect(await session.close(20)).toBe('notRevoked');
  });

  it('during a backoff ends the wait', async () => {
    const { canary, session, timing } = keeper();
    canary.failures = [fault];
    await session.use(never, canary.store);
    const waiting = session.use(never, canary.store);
    await settled();
    expect(await session.close(1_000)).toBe('noSession');
    expect(await waiting).toMatchObject({ outcome: 'refused', reason: 'closed' });
    expect(timing.pendingAlarms).toBe(0);
  });

  it('twice is the same as once', async () => {
    const { canary, session } = keeper();
    await session.use(never, canary.store);
    expect(await Promise.all([session.close(1_000), session.close(1_000)])).toEqual(['revoked', 'revoked']);
    expect(canary.log.filter((entry) => entry.startsWith('revoke'))).toHaveLength(1);
  });
});
