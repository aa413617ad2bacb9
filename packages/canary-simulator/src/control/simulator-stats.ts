import type { Receiver } from '../receiver/receiver.ts';
import type { TrafficStats } from '../receiver/traffic.ts';
import type { StoredStats } from './historian-stats.ts';

/** What the simulator has seen since it was started or reset. */
export interface SimulatorStats extends TrafficStats, Omit<StoredStats, 'poisonFired'> {
  /** The cap in force. */
  readonly requestsPerSecond: number;
  /** Largest number of API requests that arrived in any window of one second, refused ones included. */
  readonly maxRequestsPerSecond: number;
  /** Whether connections are refused now. */
  readonly down: boolean;
  /** Resident memory of the process, in bytes. */
  readonly rssBytes: number;
}

export async function simulatorStats(receiver: Receiver): Promise<SimulatorStats> {
  const { poisonFired: _, ...stored } = await receiver.thread.stats(receiver.now());
  return {
    ...receiver.traffic.stats,
    ...stored,
    requestsPerSecond: receiver.requestsPerSecond,
    maxRequestsPerSecond: receiver.window.max,
    down: receiver.isDown,
    rssBytes: process.memoryUsage.rss(),
  };
}
