import { readBacklog } from '@uns/metadata-store';
import type { Sql } from 'postgres';
import type { StoreFigures } from './figures.ts';

export async function readStore(sql: Sql): Promise<StoreFigures> {
  const [[counts], backlog] = await Promise.all([
    sql<{ metrics: number; properties: number; versions: number }[]>`
      select
        (select count(*)::int from uns_meta.metrics) as metrics,
        (select count(*)::int from uns_meta.metric_properties) as properties,
        (select count(*)::int from uns_meta.metric_versions) as versions`,
    readBacklog(sql),
  ]);
  if (counts === undefined) throw new Error('the query for the counts returned no row');
  return { ...counts, pending: backlog.dirty, inFlight: backlog.inFlight, dead: backlog.dead };
}
