import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StreamOrderError, StreamPosition } from './stream-position.ts';

describe('the position in the change stream', () => {
  it('PROMISE-1 acknowledges at first only what the slot has confirmed already', () => {
    expect(new StreamPosition(100n).acknowledgeable).toBe(99n);
    expect(new StreamPosition(0n).acknowledgeable).toBe(0n);
  });

  it('PROMISE-1 acknowledges a commit when it is recorded, not when it is received', () => {
    const position = new StreamPosition(100n);
    position.begin();
    expect(position.pending).toBe(true);
    position.commit(150n);
    expect(position.acknowledgeable).toBe(99n);
    expect(position.pending).toBe(true);
    position.recorded(150n);
    expect(position.acknowledgeable).toBe(150n);
    expect(position.pending).toBe(false);
  });

  it('acknowledges the earlier of two commits while the later one is not recorded', () => {
    const position = new StreamPosition(100n);
    for (const lsn of [150n, 200n]) {
      position.begin();
      position.commit(lsn);
    }
    position.recorded(150n);
    expect([position.acknowledgeable, position.received]).toEqual([150n, 200n]);
  });

  it('takes a commit again that the server sends again, and never goes back', () => {
    const position = new StreamPosition(200n);
    position.begin();
    position.commit(150n);
    position.recorded(150n);
    expect(position.acknowledgeable).toBe(199n);
  });

  it.each([
    ['a transaction inside another', (p: StreamPosition) => [p.begin(), p.begin()]],
    ['a commit without its begin', (p: StreamPosition) => [p.commit(150n)]],
    ['recording what was not received', (p: StreamPosition) => [p.begin(), p.commit(150n), p.recorded(151n)]],
    ['commits out of order', (p: StreamPosition) => [p.begin(), p.commit(150n), p.begin(), p.commit(140n)]],
  ])('stops at %s', (_what, act) => {
    expect(() => act(new StreamPosition(100n))).toThrow(StreamOrderError);
  });

  it('PROMISE-1 never acknowledges past the last commit recorded, whatever the order of events', () => {
    const step = fc.oneof(fc.constant('commit' as const), fc.constant('record' as const), fc.constant('open' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const position = new StreamPosition(10n);
        let [lsn, recorded, open] = [10n, 9n, false];
        const unrecorded: bigint[] = [];
        for (const what of steps) {
          if (what === 'open' && !open) {
            position.begin();
            open = true;
          } else if (what === 'commit') {
            if (!open) position.begin();
            open = false;
            lsn += 7n;
            position.commit(lsn);
            unrecorded.push(lsn);
          } else if (what === 'record') {
            const next = unrecorded.shift();
            if (next !== undefined) position.recorded((recorded = next));
          }
          expect(position.acknowledgeable).toBe(recorded);
        }
      }),
    );
  });
});
