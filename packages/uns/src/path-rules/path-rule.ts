import { createHash } from 'node:crypto';
import { SEGMENT_POLICY_VERSION } from '../segments/segment-policy.ts';
import type { Pattern } from './pattern.ts';
import type { Template } from './template.ts';

/** The parts of an identity a rule may match, in the order they are tried. */
export const matchFields = ['group', 'edge', 'device', 'name'] as const;
export type MatchField = (typeof matchFields)[number];

export type Match = Readonly<Partial<Record<MatchField, readonly Pattern[]>>>;

export interface PathRule {
  readonly rule: string;
  /** In the rules file; null for the default rule, which is in none. */
  readonly line: number | null;
  /** A field that is absent matches anything; several patterns match when one of them does. */
  readonly match: Match;
  /** Null where the rule matches by name: a device has none. */
  readonly device: Template | null;
  readonly metric: Template;
}

/** Enterprise, country, business unit. */
export const LEAST_DEVICE_SEGMENTS = 3;
export const LEAST_METRIC_SEGMENTS = 4;

/** In order; the first that matches gives the path. The last one matches everything. */
export interface PathRules {
  /** The file they came from; null when there is none. */
  readonly file: string | null;
  readonly rules: readonly [...PathRule[], PathRule];
  /** Changes with whatever could change a path; titles, comments and layout cannot. */
  readonly digest: string;
}

export function toPathRules(file: string | null, rules: readonly PathRule[], fallback: PathRule): PathRules {
  const all: [...PathRule[], PathRule] = [...rules, fallback];
  return { file, rules: all, digest: digestOf(all) };
}

function digestOf(rules: readonly PathRule[]): string {
  const content = rules.map(({ match, device, metric }) => [
    matchFields.map((field) => match[field]?.map((pattern) => pattern.source) ?? null),
    device?.source ?? null,
    metric.source,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([SEGMENT_POLICY_VERSION, content]))
    .digest('hex')
    .slice(0, 32);
}
