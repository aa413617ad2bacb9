import { systemClock, type Clock } from '@uns/service';

/** Time and chance, so that tests can move the one and fix the other. */
export interface Timing extends Clock {
  /** Calls `f` once after `ms` milliseconds, unless the returned function is called first. */
  alarm(ms: number, f: () => void): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

export const systemTiming: Timing = {
  ...systemClock,
  alarm(ms, f) {
    const timer = setTimeout(f, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
