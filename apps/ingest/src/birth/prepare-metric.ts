import { Datatype, FAULTS, type BirthMetric as ReadMetric, type DecodedMetric } from '@uns/sparkplug';
import { typeProperty, type DeviceMapper, type TypedProperty } from '@uns/uns';
import type { FaultCollector } from '../quarantine/fault-collector.ts';
import type { BirthNames } from './birth-names.ts';
import type { PartialInstances } from './partial-instances.ts';
import type { UnreadMetrics } from './unread-metrics.ts';

/** A metric with its path and its typed properties. */
export interface PreparedMetric {
  ordinal: number;
  name: string;
  unsPath: string;
  /** What the path is made of besides the name; null when the name was changed on the way. */
  prefix: string | null;
  datatype: number;
  properties: TypedProperty[];
  /** It may have more properties, which the birth could not tell. */
  partial: boolean;
}

/**
 * Null when the metric cannot be stored; why is in `faults`. A fault of one property costs that property alone, and what is stored of
 * the metric stays: a property that is there and cannot be read has not been removed, and which one it is, is not always known.
 */
export function prepareMetric(
  metric: ReadMetric,
  o: {
    names: BirthNames;
    partial: PartialInstances;
    unread: UnreadMetrics | null;
    mapper: DeviceMapper;
    faults: FaultCollector;
  },
): PreparedMetric | null {
  if (metric.rejected) {
    const name = metric.name ?? (metric.alias === null ? '' : `alias:${metric.alias}`);
    o.faults.add({ metric: name, reason: metric.reason, detail: metric.detail });
    o.unread?.addRejected(metric, o.names);
    return null;
  }
  const name = o.names.nameOf(metric, o.faults);
  let partial = o.partial.includes(metric, name) || isUntold(metric);
  for (const fault of metric.faults) {
    o.faults.add({ metric: name, property: fault.key ?? '', reason: fault.reason, detail: fault.detail });
    partial ||= FAULTS[fault.reason].effect === 'property';
  }
  const path = o.mapper.metric(name);
  if (!path.ok) {
    o.faults.add({ metric: name, reason: path.reason, detail: path.detail });
    o.unread?.add(name);
    return null;
  }
  if (metric.datatype === Datatype.Template && isUntold(metric)) o.unread?.add(name);
  o.names.learn(metric, o.faults);
  const properties: TypedProperty[] = [];
  for (const property of metric.properties) {
    const typed = typeProperty(property);
    if (typed.ok) {
      properties.push(typed);
    } else {
      o.faults.add({ metric: name, property: property.key, reason: typed.reason, detail: typed.detail });
      partial = true;
    }
  }
  const { ordinal, datatype } = metric;
  return { ordinal, name, unsPath: path.unsPath, prefix: path.prefix, datatype, properties, partial };
}

/** Columns and members are read from the value: one that is null, as before a gateway has read its values, does not tell of them. */
function isUntold({ isNull, datatype }: DecodedMetric): boolean {
  return isNull && (datatype === Datatype.DataSet || datatype === Datatype.Template);
}
