import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { openStore } from '../open-store.ts';
import { testStore } from '../testing/test-store.ts';
import { claimDue } from './claim-due.ts';

const [metrics, limit] = [5000, 200];

it('looks at the metrics claimed alone, also in a store that was just filled and never analysed', async () => {
  await using store = await testStore();
  // One session, which is told to publish its statistics.
  const sql = openStore({
    url: store.url,
    applicationName: 'test',
    changedBy: 'test',
    maxConnections: 1,
    tls: 'off',
  });
  // Autovacuum would come when it likes.
  await sql`alter table uns_meta.metrics set (autovacuum_enabled = off)`;
  await sql`alter table uns_meta.metric_sync set (autovacuum_enabled = off)`;
  await sql`alter table uns_meta.metric_properties set (autovacuum_enabled = off)`;
  await sql`insert into uns_meta.devices (group_id, edge, device, uns_path) values ('g', 'e', 'd', 'g/e/d')`;
  await sql`
    insert into uns_meta.metrics (device_id, name, uns_path, datatype)
    select device_id, 'm' || i, 'g/e/d/m' || i, 9 from uns_meta.devices, generate_series(1, ${metrics}) as i`;
  await sql`
    insert into uns_meta.metric_properties (metric_id, key, type, string_value)
    select metric_id, 'unit', 'string', 'bar' from uns_meta.metrics`;
  await sql`
    insert into uns_meta.metric_sync (metric_id, dirty_since, due_at) select metric_id, now(), now() from uns_meta.metrics`;
  const before = await rowsRead();
  const claimed: string[] = [];
  await claimDue(sql, { limit, maxOutstanding: 100, policy: { volatile: [], removed: 'blank' } }, (due) => {
    claimed.push(...due.map((metric) => metric.metricId));
    return { assignments: [{ deliveryId: randomUUID(), metricIds: claimed }], left: [] };
  });
  expect(claimed).toHaveLength(limit);
  const after = await rowsRead();
  for (const table of ['metrics', 'metric_properties', 'devices']) {
    const read = (after.get(table) ?? 0) - (before.get(table) ?? 0);
    expect({ table, few: read <= 4 * limit, read }).toEqual({ table, few: true, read });
  }
  await sql.end();

  /** Rows read so far of each table, by scans and by indexes. */
  async function rowsRead(): Promise<Map<string, number>> {
    await sql`select pg_stat_force_next_flush()`;
    const rows = await sql<{ table: string; read: number }[]>`
      select relname as table, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
      from pg_stat_user_tables where schemaname = 'uns_meta'`;
    return new Map(rows.map(({ table, read }) => [table, read]));
  }
});
