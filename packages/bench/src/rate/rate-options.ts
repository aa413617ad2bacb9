import type { BenchContext, Flag } from '../scenario.ts';

export interface RateOptions {
  writers: number;
  /** How long the rate is measured, s. */
  seconds: number;
  capRps: number;
  /** Requests that one job makes. */
  requestsPerJob: number;
  /** Tags in each request. */
  tags: number;
  /** After a third of the time one writer is killed, and after two thirds another joins. */
  churn: boolean;
}

export const rateFlags = {
  writers: { type: 'string', default: '3', doc: 'canary-writer processes' },
  churn: { type: 'boolean', default: false, doc: 'kill one writer meanwhile, and let another join' },
  seconds: { type: 'string', default: '60', doc: 'how long the mean is measured' },
  cap: { type: 'string', default: '500', doc: 'most requests in any one second' },
  tags: { type: 'string', default: '1', doc: 'tags in each request, one property each' },
  'requests-per-job': { type: 'string', default: '20', doc: '1 costs the most processor time' },
} satisfies Record<string, Flag>;

/** @throws TypeError for flags that mean nothing. */
export function rateOptions(flags: BenchContext['flags']): RateOptions {
  return {
    writers: wholeNumber(flags, 'writers', 1, 50),
    seconds: wholeNumber(flags, 'seconds', 3, 600),
    capRps: wholeNumber(flags, 'cap', 1, 10_000),
    tags: wholeNumber(flags, 'tags', 1, 100),
    requestsPerJob: wholeNumber(flags, 'requests-per-job', 1, 100),
    churn: flags['churn'] === true,
  };
}

function wholeNumber(flags: BenchContext['flags'], name: keyof typeof rateFlags, min: number, max: number): number {
  const value = Number(flags[name]);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new TypeError(`--${name} is ${flags[name]}; it must be a whole number from ${min} to ${max}`);
}
