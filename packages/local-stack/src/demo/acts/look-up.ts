import { DemoFailure } from '../monitor/wait-until.ts';
import { group, type Device } from '../plants.ts';
import type { Stage } from './act.ts';

/** A metric as the store has it. */
export interface KnownMetric {
  metricId: string;
  name: string;
  unsPath: string;
  canaryId: string;
}

/** The metrics of a device whose names begin so. */
export async function metricsOf(stage: Stage, { node, model }: Device, beginning: string): Promise<KnownMetric[]> {
  return stage.stack.sql<KnownMetric[]>`
    select m.metric_id as "metricId", m.name, m.uns_path as "unsPath", m.canary_id as "canaryId"
    from uns_meta.metrics m
    join uns_meta.devices d using (device_id)
    where (d.group_id, d.edge, d.device) = (${group}, ${node.edge}, ${model.device}) and starts_with(m.name, ${beginning})
    order by m.metric_id`;
}

/** @throws DemoFailure when the store does not have it. */
export async function metricNamed(stage: Stage, device: Device, name: string): Promise<KnownMetric> {
  const found = (await metricsOf(stage, device, name)).find((metric) => metric.name === name);
  if (found === undefined) throw new DemoFailure(`PostgreSQL does not have the metric ${name}.`);
  return found;
}

/** The newest value of the property that Canary holds; undefined when it has none. */
export async function valueInCanary(stage: Stage, metric: KnownMetric, key: string): Promise<unknown> {
  const [row] = await stage.stack.sql<{ tag: string }[]>`
    select delivered_tag as tag from uns_meta.metric_sync where metric_id = ${metric.metricId} and delivered_tag is not null`;
  if (row === undefined) return undefined;
  const { properties } = await stage.monitor.canary.history(row.tag);
  return properties[key]?.at(-1)?.value;
}

/** @throws DemoFailure when what the act says did not come true. */
export function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new DemoFailure(otherwise);
}
