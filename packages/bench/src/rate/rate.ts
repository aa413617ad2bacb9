import type { Scenario } from '../scenario.ts';
import { measureRate } from './measure-rate.ts';
import { rateFlags, rateOptions } from './rate-options.ts';

/** Part of the cap that must be used while there is backlog. */
const wantedShare = 0.97;

const keys = ['capRps', 'maxWindow', 'status429', 'share', 'sessionsOpen', 'tvqs', 'noDataPoints'] as const;

/** The cap of requests, kept and used: real writers, a backlog without an end, and the simulator as the receiver that counts. */
export const rate: Scenario = {
  name: 'rate',
  summary: 'how much of the rate cap real writers use, and whether they keep it, counted where requests arrive',
  flags: rateFlags,
  run: async (context) => ({ ...(await measureRate(rateOptions(context.flags), context)) }),
  broken: (result) => {
    const [cap = NaN, window = NaN, refused = NaN, share = NaN, ...left] = keys.map((key) => Number(result[key]));
    return [
      ...(window <= cap ? [] : [`${window} requests in one second break the cap of ${cap}`]),
      ...(refused === 0 ? [] : [`${refused} requests were refused with 429`]),
      ...(left.every((count) => count === 0) ? [] : ['sessions or points were left behind']),
      ...(share >= wantedShare ? [] : [`${100 * share} % of the cap was used, less than ${100 * wantedShare} %`]),
    ];
  },
};
