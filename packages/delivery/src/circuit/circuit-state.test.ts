import { describe, expect, it } from '@jest/globals';
import { defaultCircuitPolicy as policy } from './circuit-policy.ts';
import { stateAt, transitions, tripReason, type CircuitEvent, type CircuitRecord } from './circuit-state.ts';

const record = (part: Partial<CircuitRecord>): CircuitRecord => ({
  phase: 'closed',
  version: 1,
  sinceMs: 1_000_000,
  reason: null,
  nowMs: 1_000_000,
  consecutive: 0,
  calls: 0,
  serverErrors: 0,
  ...part,
});

describe('TC-22 the circuit', () => {
  it.each([0, 1, 59_999])('TC-22 is open %i ms after it tripped', (ms) => {
    const open = record({ phase: 'open', reason: 'consecutive-failures' });
    expect(stateAt(open, 1_000_000 + ms, policy)).toEqual({
      state: 'open',
      reason: 'consecutive-failures',
      probeInMs: 60_000 - ms,
    });
  });

  it.each([60_000, 60_001, 10_000_000])('TC-22 is half-open from 60 s on (%i ms)', (ms) => {
    const open = record({ phase: 'open', reason: 'server-error-share' });
    expect(stateAt(open, 1_000_000 + ms, policy)).toEqual({ state: 'half-open', reason: 'server-error-share' });
  });

  it('TC-22 recovers over a ramp that rises from a tenth to the full rate, then is closed', () => {
    const recovering = record({ phase: 'recovering' });
    const shares = [0, 10_000, 20_000, 29_999].map((ms) => {
      const state = stateAt(recovering, 1_000_000 + ms, policy);
      return state.state === 'recovering' ? state.share : NaN;
    });
    expect(shares).toEqual([0.1, 0.4, 0.7, expect.closeTo(1, 3)]);
    expect(stateAt(recovering, 1_030_000, policy)).toEqual({ state: 'closed' });
  });

  it('TC-22 survives that the clock of Redis is set back', () => {
    expect(stateAt(record({ phase: 'open' }), 0, policy)).toMatchObject({ state: 'open', probeInMs: 60_000 });
    expect(stateAt(record({ phase: 'recovering' }), 0, policy)).toEqual({ state: 'recovering', share: 0.1 });
  });

  it('TC-22 knows each event in each state', () => {
    const events: CircuitEvent[] = ['tripped', 'probe-succeeded', 'probe-failed'];
    const table = Object.entries(transitions).map(([state, next]) => [state, ...events.map((event) => next[event])]);
    expect(table).toEqual([
      //             tripped  probe-succeeded  probe-failed
      ['closed', /* */ 'open', /* */ null, /* */ null],
      ['open', /*   */ null, /*   */ null, /* */ null],
      ['half-open', /**/ null, /* */ 'recovering', 'open'],
      ['recovering', 'open', /* */ null, /* */ null],
    ]);
  });
});

describe('TC-22 the trip rules', () => {
  it('TC-22 opens at 20 failures in a row, not at 19', () => {
    expect(tripReason({ consecutive: 19, calls: 19, serverErrors: 19 }, policy)).toBeNull();
    expect(tripReason({ consecutive: 20, calls: 20, serverErrors: 0 }, policy)).toBe('consecutive-failures');
  });

  it('TC-22 opens at exactly 2 % server errors, from the minimum volume on', () => {
    const wrong: unknown[] = [];
    for (let calls = 0; calls <= 2000; calls += 1) {
      for (let serverErrors = 0; serverErrors <= Math.min(calls, 60); serverErrors += 1) {
        const expected = calls >= 200 && serverErrors >= Math.ceil(calls / 50) ? 'server-error-share' : null;
        const counts = { consecutive: 0, calls, serverErrors };
        if (tripReason(counts, policy) !== expected) wrong.push(counts);
      }
    }
    expect(wrong).toEqual([]);
  });
});
