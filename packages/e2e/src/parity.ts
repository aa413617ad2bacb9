import type { Sql } from 'postgres';
import type { CanaryTags } from './canary-view.ts';

export interface Parity {
  matched: number;
  total: number;
  /** The first few that differ, in words. */
  different: string[];
}

/** Compares every property that the store says Canary should have with what Canary has, metric by metric. */
export async function parity(sql: Sql, tags: CanaryTags): Promise<Parity> {
  const metrics = await sql<{ tag: string; desired: Record<string, unknown> }[]>`
    select
      coalesce(s.delivered_tag, m.canary_id) as tag,
      (
        select coalesce(jsonb_object_agg(p.key, uns_meta.property_value(p)), '{}')
        from uns_meta.metric_properties p
        where p.metric_id = m.metric_id and p.key <> 'Quality'
      ) as desired
    from uns_meta.metrics m
    left join uns_meta.metric_sync s using (metric_id)`;
  const different: string[] = [];
  let matched = 0;
  for (const { tag, desired } of metrics) {
    const found = tags.get(tag) ?? new Map<string, unknown>();
    const wrong = Object.entries(desired).filter(([key, value]) => found.get(key) !== value);
    // A removed property stays in Canary as an empty text.
    const extra = [...found].filter(([key, value]) => !Object.hasOwn(desired, key) && value !== '');
    if (wrong.length === 0 && extra.length === 0) matched += 1;
    else if (different.length < 10)
      different.push(`${tag}: wrong ${JSON.stringify(wrong)}, extra ${JSON.stringify(extra)}`);
  }
  return { matched, total: metrics.length, different };
}
