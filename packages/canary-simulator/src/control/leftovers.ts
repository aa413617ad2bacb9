import type { SimulatorStats } from './simulator-stats.ts';

type Left = Pick<SimulatorStats, 'tvqs' | 'annotations' | 'noDataPoints' | 'extendedPoints' | 'sessions'>;

/**
 * What a client that writes properties and nothing else must not leave behind when it has stopped, in words; empty when it has left nothing.
 *
 * @param o.sessionsLost clients that were killed: nobody can revoke the session of one, and it ends when it has been idle for long enough
 */
export function leftovers(stats: Left, o: { sessionsLost: number } = { sessionsLost: 0 }): string[] {
  const { tvqs, annotations, noDataPoints, extendedPoints, sessions } = stats;
  const points = {
    'time-value-quality points': tvqs,
    annotations,
    '"No Data" points': noDataPoints,
    'extended points': extendedPoints,
  };
  const left = Object.entries(points).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]));
  if (sessions.open > o.sessionsLost) left.push(`${sessions.open} open sessions of ${sessions.opened}`);
  return left;
}
