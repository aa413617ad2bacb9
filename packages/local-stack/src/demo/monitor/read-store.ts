import { readBacklog } from '@uns/metadata-store';
import type { Sql } from 'postgres';
import type { StoreFigures } from './figures.ts';

export async function readStore(sql: Sql): Promise<StoreFigures> {
  const [[counts], backlog] = await Promise.all([
    sql<{ metrics: number; properties: number; versions: number; firstDueSeconds: number | null }[]>`
      select
        (select count(*)::int from uns_meta.metrics) as metrics,
        (select count(*)::int from uns_meta.metric_properties) as properties,
        (select count(*)::int from uns_meta.metric_versions) as versions,
        (
          select extract(epoch from min(due_at) - now())::float8 from uns_meta.metric_sync where due_at is not null and delivery_id is null
        ) as "firstDueSeconds"`,
    readBacklog(sql),
  ]);
  if (counts === undefined) throw new Error('the query for the counts returned no row');
  return { ...counts, pending: backlog.dirty, inFlight: backlog.inFlight, dead: backlog.dead };
}
