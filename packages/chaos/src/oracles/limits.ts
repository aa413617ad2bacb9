import type { Finding, OracleName } from './finding.ts';

export interface Traffic {
  tvqs: number;
  noDataPoints: number;
  extendedPoints: number;
}

const about = (oracle: OracleName, detail: string): Finding => ({ oracle, tag: null, property: null, detail });

/**
 * Refusals need no oracle of their own: the receiver refuses what exceeds the window that is judged here.
 *
 * @param most requests that arrived in any one second
 */
export function judgeRate(most: number, allowed: number): Finding | null {
  return most <= allowed ? null : about('rate', `${most} requests arrived in one second; ${allowed} are allowed`);
}

export function judgeTraffic(traffic: Traffic): Finding[] {
  const findings: Finding[] = [];
  for (const what of ['tvqs', 'noDataPoints', 'extendedPoints'] as const)
    if (traffic[what] > 0) findings.push(about('values', `Canary counts ${traffic[what]} ${what}`));
  return findings;
}

export interface RedisUse {
  bytes: number;
  writeJobs: number;
}

export function judgeRedis(most: RedisUse, bound: RedisUse): Finding[] {
  const findings: Finding[] = [];
  if (most.bytes > bound.bytes)
    findings.push(about('redis', `it held ${most.bytes} bytes; ${bound.bytes} are the bound`));
  if (most.writeJobs > bound.writeJobs)
    findings.push(about('redis', `${most.writeJobs} write jobs waited; ${bound.writeJobs} are the bound`));
  return findings;
}

/** @param o sessions that running writers said they had, and how many were revoked as the apps stopped */
export function judgeSessions(o: { open: number; revoked: number }): Finding[] {
  if (o.open === 0) return [about('sessions', 'no writer had a session, so the check says nothing')];
  return o.revoked >= o.open ? [] : [about('sessions', `${o.open} writers had a session, ${o.revoked} were revoked`)];
}

export function judgeDeadLetters(letters: readonly { tag: string; reason: string; detail: string }[]): Finding[] {
  return letters.map(({ tag, reason, detail }) => ({
    oracle: 'deadLetters',
    tag,
    property: null,
    detail: `${reason}: ${detail}`,
  }));
}
