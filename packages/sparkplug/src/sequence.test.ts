import { describe, expect, it } from '@jest/globals';
import { SequenceRecorder } from './sequence.ts';

describe('SequenceRecorder', () => {
  it('SPB-18 notes gaps per node, over the turn from 255 to 0', () => {
    const recorder = new SequenceRecorder();
    const notes = [254, 255, 0, 1, 5, 5, 4].map((seq) => recorder.record('Secil/Portugal', seq, false));
    expect(notes).toEqual([
      { kind: 'first' },
      { kind: 'next' },
      { kind: 'next' },
      { kind: 'next' },
      { kind: 'gap', missed: 3 },
      { kind: 'repeated' },
      { kind: 'gap', missed: 254 },
    ]);
    expect(recorder.record('Secil/Brazil', 77, false)).toEqual({ kind: 'first' });
  });

  it('SPB-18 a node birth begins anew', () => {
    const recorder = new SequenceRecorder();
    recorder.record('n', 9, false);
    expect(recorder.record('n', 0, true)).toEqual({ kind: 'first' });
    expect(recorder.record('n', 1, false)).toEqual({ kind: 'next' });
  });

  it.each([null, -1, 256, 1.5, Number.NaN])('SPB-18 does not count %d', (seq) => {
    const recorder = new SequenceRecorder();
    recorder.record('n', 3, false);
    expect(recorder.record('n', seq, false)).toEqual({ kind: 'invalid' });
    expect(recorder.record('n', 4, false)).toEqual({ kind: 'next' });
  });

  it('forgets the node heard least recently beyond 10,000', () => {
    const recorder = new SequenceRecorder();
    for (let i = 0; i <= 10_000; i++) recorder.record(`n${i}`, 1, false);
    expect(recorder.record('n1', 2, false)).toEqual({ kind: 'next' });
    expect(recorder.record('n0', 2, false)).toEqual({ kind: 'first' });
  });
});
