import type { SimulatorControl } from '@uns/canary-simulator';
import type { PropertyValue } from '@uns/uns';
import type { Sql } from 'postgres';
import { compareMetrics, withoutDataset, type HeldProperties, type Parity } from './compare.ts';

/** As cdc has them by default (UNS_VOLATILE_PROPERTIES): stored, never delivered. */
const volatile = ['Quality'];
const maxDifferences = 10;

/** Reads every property of every metric on both sides, and compares them. */
export async function readParity(o: { sql: Sql; canary: SimulatorControl }): Promise<Parity> {
  const [desired, held] = await Promise.all([readDesired(o.sql), readHeld(o.canary)]);
  return compareMetrics(desired, held, maxDifferences);
}

/** A list of pairs, because an object could not hold every key (`__proto__`). */
function readDesired(sql: Sql) {
  return sql<{ canaryId: string; properties: [string, PropertyValue][] }[]>`
    select
      m.canary_id as "canaryId",
      coalesce(
        jsonb_agg(jsonb_build_array(p.key, uns_meta.property_value(p))) filter (where p.key <> all (${volatile}::text[])),
        '[]'
      ) as properties
    from uns_meta.metrics m
    left join uns_meta.metric_properties p using (metric_id)
    group by m.metric_id`;
}

async function readHeld(canary: SimulatorControl): Promise<Map<string, HeldProperties>> {
  const held = new Map<string, HeldProperties>();
  for (const { tag, properties } of await canary.allTags()) {
    const values = Object.entries(properties).map(([key, point]) => [key, point.value] as const);
    held.set(withoutDataset(tag), new Map(values));
  }
  return held;
}
