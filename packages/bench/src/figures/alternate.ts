import { median } from './median.ts';

/** Pairs of measurements, each taken right after the other. */
export interface Pairs<A, B> {
  ours: A[];
  theirs: B[];
}

/**
 * Measures two things in turns, A B A B: what else the machine does then hits both. A first pair is not counted, it warms caches; leave
 * that out for what is measured in a process of its own.
 */
export async function alternate<A, B>(o: {
  runs: number;
  warmUp: boolean;
  ours: (run: number) => Promise<A>;
  theirs: (run: number) => Promise<B>;
  signal: AbortSignal;
}): Promise<Pairs<A, B>> {
  const pairs: Pairs<A, B> = { ours: [], theirs: [] };
  for (let run = o.warmUp ? -1 : 0; run < o.runs; run += 1) {
    o.signal.throwIfAborted();
    const ours = await o.ours(run);
    o.signal.throwIfAborted();
    const theirs = await o.theirs(run);
    if (run < 0) continue;
    pairs.ours.push(ours);
    pairs.theirs.push(theirs);
  }
  return pairs;
}

/** The median of the ratios pair by pair. @throws RangeError when there are no pairs, or one is incomplete. */
export function medianRatio(numerators: readonly number[], denominators: readonly number[]): number {
  if (numerators.length !== denominators.length) throw new RangeError('a pair is incomplete');
  return median(numerators.map((numerator, at) => numerator / (denominators[at] ?? Number.NaN)));
}
