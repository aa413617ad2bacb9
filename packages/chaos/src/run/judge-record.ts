import type { SimulatorControl } from '@uns/canary-simulator';
import type { Sql } from 'postgres';
import { expectedHistories } from '../oracles/expected-history.ts';
import type { Finding } from '../oracles/finding.ts';
import { judgeDeadLetters } from '../oracles/limits.ts';
import { judgeOrder } from '../oracles/order.ts';
import { judgeRenames } from '../oracles/renames.ts';
import { judgeCommitted, judgeVersions, type CommittedChange } from '../oracles/versions.ts';
import type { Plant } from '../plant/plant.ts';
import { readDeadLetters, readMetrics, readRenames, readVersions } from './read-store.ts';
import { volatile } from './settings.ts';

export interface JudgedRecord {
  findings: Finding[];
  versions: number;
  renames: number;
  points: number;
}

/** Compares the record of changes with what the store has, with what was committed, and with every point that Canary ever took. */
export async function judgeRecord(o: {
  sql: Sql;
  canary: SimulatorControl;
  plant: Plant;
  committed: readonly CommittedChange[];
}): Promise<JudgedRecord> {
  const metrics = await readMetrics(o.sql, new Set());
  const versions = await readVersions(o.sql);
  const tagOf = new Map(metrics.map((metric) => [metric.metricId, metric.tag]));
  const pathNow = new Map(metrics.map((metric) => [metric.metricId, metric.path]));
  const renames = await readRenames(o.sql);
  const expected = expectedHistories(versions, pathNow, volatile);
  const findings = [
    ...judgeVersions(versions, metrics),
    ...judgeCommitted(o.committed, versions, tagOf),
    ...judgeRenames(o.plant, renames),
    ...judgeDeadLetters(await readDeadLetters(o.sql)),
  ];
  let points = 0;
  for (const { tag, properties: shown } of await o.canary.allTags()) {
    if (Object.keys(shown).length === 0) continue;
    const { properties } = await o.canary.history(tag);
    points += Object.values(properties).reduce((sum, series) => sum + series.length, 0);
    findings.push(...judgeOrder(tag, properties, expected));
  }
  return { findings, versions: versions.length, renames: renames.length, points };
}
