import { isLongerThan } from '../segments/byte-length.ts';
import { cleanPath } from '../segments/segment-policy.ts';
import { isStorableText } from '../segments/storable-text.ts';
import {
  appendName,
  bindTemplate,
  fillTemplate,
  namePrefixOf,
  type BoundTemplate,
  type NamePrefix,
} from './bound-template.ts';
import { excerpt, rejectPath, type DeviceId, type MappedPath, type MetricId } from './mapped-path.ts';
import { matchField } from './rule-match.ts';
import type { Match, PathRules } from './path-rule.ts';

/** UTF-8 bytes: names are under a unique index too. */
const MAX_NAME_BYTES = 2000;

/** The rules applied to one device, everything but the metric name worked out beforehand. Pure. */
export interface DeviceMapper {
  readonly device: MappedPath;
  metric(name: string): MappedPath;
}

/** Group, edge, device and name become paths. Pure: the same rules and names give the same paths in every process. */
export interface PathMapper {
  /** Of the rules; part of every birth's fingerprint. */
  readonly digest: string;
  /** For all metrics of one birth: ~0.4 us each where `metric` below pays for the device again when it changes. */
  forDevice(id: DeviceId): DeviceMapper;
  device(id: DeviceId): MappedPath;
  metric(id: MetricId): MappedPath;
}

export function createPathMapper({ rules, digest }: PathRules): PathMapper {
  const forDevice = (id: DeviceId): DeviceMapper => createDeviceMapper(rules, id);
  let last: { id: DeviceId; mapper: DeviceMapper } | null = null;
  const lastOr = ({ group, edge, device }: DeviceId): DeviceMapper => {
    if (last?.id.group !== group || last.id.edge !== edge || last.id.device !== device) {
      const id = { group, edge, device };
      last = { id, mapper: forDevice(id) };
    }
    return last.mapper;
  };
  return {
    digest,
    forDevice,
    device: (id) => lastOr(id).device,
    metric: (id) => lastOr(id).metric(id.name),
  };
}

/** A rule that matches the device, waiting for the name. */
interface Candidate {
  readonly match: Match;
  readonly metric: BoundTemplate;
  readonly prefix: NamePrefix | null;
}

function createDeviceMapper(rules: PathRules['rules'], { group, edge, device }: DeviceId): DeviceMapper {
  const levels = [
    ['group', group],
    ['edge', edge],
    ['device', device],
  ] as const;
  for (const [field, level] of levels) {
    if (isStorableText(level)) continue;
    const rejected = rejectPath('NAME_NOT_TEXT', `the ${field} ${excerpt(level)}`);
    return { device: rejected, metric: () => rejected };
  }
  const candidates: Candidate[] = [];
  for (const { rule, match, device: deviceTemplate, metric: metricTemplate } of rules) {
    const known = new Map<string, string>(levels);
    if (!levels.every(([field, level]) => matchField(match, field, level, known))) continue;
    const metric = bindTemplate(rule, metricTemplate, known);
    candidates.push({ match, metric, prefix: namePrefixOf(metric) });
    if (deviceTemplate === null) continue;
    // A rule without a name pattern: it takes the device and every metric that is left.
    const bound = bindTemplate(rule, deviceTemplate, known);
    return { device: fillTemplate(bound, new Map()), metric: (name) => mapMetric(candidates, name) };
  }
  return noRule();
}

function mapMetric(candidates: readonly Candidate[], name: string): MappedPath {
  if (isLongerThan(MAX_NAME_BYTES, name)) {
    return rejectPath('NAME_TOO_LONG', `the name ${excerpt(name)} is over ${MAX_NAME_BYTES} bytes`);
  }
  if (!isStorableText(name)) return rejectPath('NAME_NOT_TEXT', `the name ${excerpt(name)}`);
  for (const { match, metric, prefix } of candidates) {
    const values = new Map<string, string>();
    if (!matchField(match, 'name', name, values)) continue;
    return (prefix && appendName(prefix, name, cleanPath(name))) ?? fillTemplate(metric, values.set('name', name));
  }
  return noRule();
}

// toPathRules puts the default rule, which matches everything, behind all others.
function noRule(): never {
  throw new Error('the mapping rules do not end with one that matches everything');
}
