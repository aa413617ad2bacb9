import type { SimulatorStats } from '@uns/canary-simulator';
import { describe, expect, it } from '@jest/globals';
import { canaryFigures } from './read-canary.ts';

describe('the figures of Canary', () => {
  const stats = {
    requests: {
      '/api/v1/storeData': { '200': 90, '503': 7 },
      '/api/v1/keepAlive': { '200': 2 },
      '/api/v2/browseTags': { '200': 30, '502': 1, reset: 1 },
    },
    requestsTotal: 132,
    maxRequestsPerSecond: 31,
    requestsPerSecond: 500,
    status429: 0,
    propertyWrites: 40_000,
    tvqs: 1,
    noDataPoints: 2,
    extendedPoints: 4,
  } as unknown as SimulatorStats;

  it('tell writes, failures and upkeep apart, over all paths', () => {
    expect(canaryFigures(stats, 12)).toMatchObject({
      requests: 132,
      writes: 97,
      keepAlives: 2,
      serverErrors: 8,
      requestsPerSecond: 12,
      cap: 500,
    });
  });

  it('count every point in a time series, whoever made it', () => {
    expect(canaryFigures(stats, 0).points).toBe(7);
  });
});
