/** A stream of random numbers that a seed determines. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [0, below). */
  integer(below: number): number;
  /** @throws RangeError when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
}

/** mulberry32: 32 bits of state, enough for made-up plants. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    next,
    integer,
    pick: (from) => {
      const at = integer(from.length);
      // `in` and not a look at the element: undefined may be one of them.
      if (!(at in from)) throw new RangeError('nothing to pick from');
      return from[at] as (typeof from)[number];
    },
    chance: (probability) => next() < probability,
  };
}
