import type { BirthMetric as ReadMetric, DecodedMetric } from '@uns/sparkplug';
import { typeProperty, type DeviceMapper, type TypedProperty } from '@uns/uns';
import type { FaultCollector } from './fault-collector.ts';

/** A metric with its path and its typed properties. */
export interface PreparedMetric {
  ordinal: number;
  name: string;
  unsPath: string;
  datatype: number;
  properties: TypedProperty[];
}

/** What a metric is called: its name, or what its alias stands for. */
export type NameOf = (metric: DecodedMetric) => string;

/** Null when the metric cannot be stored; why is in `faults`. A fault of one property costs that property alone. */
export function prepareMetric(
  metric: ReadMetric,
  o: { nameOf: NameOf; mapper: DeviceMapper; faults: FaultCollector },
): PreparedMetric | null {
  if (metric.rejected) {
    o.faults.add({ metric: metric.name ?? aliasName(metric.alias), reason: metric.reason, detail: metric.detail });
    return null;
  }
  const name = o.nameOf(metric);
  for (const fault of metric.faults)
    o.faults.add({ metric: name, property: fault.key ?? '', reason: fault.reason, detail: fault.detail });
  const path = o.mapper.metric(name);
  if (!path.ok) {
    o.faults.add({ metric: name, reason: path.reason, detail: path.detail });
    return null;
  }
  const properties: TypedProperty[] = [];
  for (const property of metric.properties) {
    const typed = typeProperty(property);
    if (typed.ok) properties.push(typed);
    else o.faults.add({ metric: name, property: property.key, reason: typed.reason, detail: typed.detail });
  }
  return { ordinal: metric.ordinal, name, unsPath: path.unsPath, datatype: metric.datatype, properties };
}

/** How a metric is called whose alias nobody has named yet. */
export function aliasName(alias: string | null): string {
  return alias === null ? '' : `alias:${alias}`;
}
