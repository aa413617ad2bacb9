import type { SimulatorStats } from '@uns/canary-simulator';
import type { CanaryFigures } from './figures.ts';

/** @param requestsPerSecond the one figure that takes two readings */
export function canaryFigures(stats: SimulatorStats, requestsPerSecond: number): CanaryFigures {
  const byPath = Object.entries(stats.requests);
  const count = (wanted: (path: string, status: string) => boolean): number =>
    byPath
      .flatMap(([path, byStatus]) => Object.entries(byStatus).map(([status, n]) => (wanted(path, status) ? n : 0)))
      .reduce((sum, n) => sum + n, 0);
  return {
    requests: stats.requestsTotal,
    writes: count((path) => path.endsWith('/storeData')),
    keepAlives: count((path) => path.endsWith('/keepAlive')),
    requestsPerSecond,
    maxRequestsPerSecond: stats.maxRequestsPerSecond,
    cap: stats.requestsPerSecond,
    status429: stats.status429,
    serverErrors: count((_path, status) => status.startsWith('5')),
    propertyWrites: stats.propertyWrites,
    points: stats.tvqs + stats.noDataPoints + stats.extendedPoints,
  };
}
