import type { Sql } from 'postgres';
import type { Figures } from './figures.ts';

interface Stuck {
  canaryId: string;
  state: string;
  failure: { reason?: string; detail?: string } | null;
}

const maxExamples = 3;

/** What has not arrived, for the message of a wait that was in vain. */
export async function describeBacklog(sql: Sql, figures: Figures): Promise<string> {
  const stuck = await sql<Stuck[]>`
    select
      m.canary_id as "canaryId",
      case when s.failed_at is not null then 'failed' when s.delivery_id is not null then 'in flight' else 'pending' end as state,
      s.failure
    from uns_meta.metric_sync s
    join uns_meta.metrics m using (metric_id)
    where s.dirty_since is not null or s.delivery_id is not null or s.failed_at is not null
    order by s.failed_at, s.dirty_since
    limit ${maxExamples}`;
  return backlogText(figures, stuck);
}

export function backlogText({ store, parity }: Figures, stuck: readonly Stuck[]): string {
  const counts = `${store.pending} metrics pending, ${store.inFlight} in flight, ${store.dead} failed`;
  const compared =
    parity === null ? 'parity was not measured' : `${parity.matched} of ${parity.total} metrics are the same in Canary`;
  const examples = stuck.map(({ canaryId, state, failure }) => {
    const why = [failure?.reason, failure?.detail].filter((part) => part !== undefined).join(': ');
    return `  ${canaryId} is ${state}${why === '' ? '' : ` (${why.slice(0, 200)})`}`;
  });
  const differences = (parity?.differences ?? []).slice(0, maxExamples).map((difference) => `  ${difference}`);
  return [`${counts}; ${compared}.`, ...examples, ...differences].join('\n');
}
