import { describe, expect, it } from '@jest/globals';
import { StopSequence } from './stop-sequence.ts';

const long = { graceMs: 1e6, forcedAfterMs: 1e6 };

describe('the steps of a stop', () => {
  it('goes one step on with each signal: graceful, aborting, forced', async () => {
    const sequence = new StopSequence(long);
    let forced = 0;
    sequence.onForced(() => (forced += 1));
    const seen = [sequence.step];
    for (let i = 0; i < 4; i += 1) {
      sequence.advance(new Error('signal'));
      seen.push(sequence.step);
    }
    expect(seen).toEqual(['running', 'graceful', 'aborting', 'forced', 'forced']);
    await sequence.stopRequested;
    expect(forced).toBe(2);
  });

  it('aborts what waits only in the second step', () => {
    const sequence = new StopSequence(long);
    sequence.advance(new Error('first'));
    expect(sequence.abort.aborted).toBe(false);
    sequence.advance(new Error('second'));
    expect(sequence.abort.reason).toEqual(new Error('second'));
  });

  it('goes on by itself when the grace is over', async () => {
    const sequence = new StopSequence({ graceMs: 5, forcedAfterMs: 5 });
    const forced = new Promise<void>((resolve) => sequence.onForced(resolve));
    sequence.advance(new Error('signal'));
    // The timers do not keep a process alive; this one has something to wait for.
    const alive = setInterval(() => undefined, 1000);
    await forced;
    clearInterval(alive);
    expect(sequence.step).toBe('forced');
  });
});
