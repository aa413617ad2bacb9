import { describe, expect, it } from '@jest/globals';
import { makeKnown } from '../testing/make-known.ts';
import { testStore } from '../testing/test-store.ts';
import { quarantine } from './quarantine.ts';
import type { QuarantineEntry } from './quarantine-entry.ts';
import { tidyQuarantine } from './tidy-quarantine.ts';

const cement = { group: 'Secil', edge: 'Portugal', device: 'Cement' };
const entries = (...metrics: string[]): QuarantineEntry[] =>
  metrics.map((metric) => ({ metric, property: '', reason: 'NAME_TOO_LONG', detail: 'long', occurrences: 1 }));

describe('old quarantine entries', () => {
  it('PROMISE-6 go when they were resolved long ago, or are of nobody in the store, a few at a time', async () => {
    await using store = await testStore();
    const { sql } = store;
    await makeKnown(sql, cement);
    await quarantine(sql, cement, entries('a', 'b', 'c', 'resolved lately'), { exhaustive: true });
    await quarantine(sql, cement, entries('open'), { exhaustive: true });
    await quarantine(sql, { ...cement, device: 'Made up' }, entries(''));
    await quarantine(sql, { ...cement, device: 'Seen lately' }, entries(''));
    await sql`
      update uns_meta.birth_quarantine set last_seen = now() - interval '31 days', resolved_at = resolved_at - interval '31 days'
      where metric <> 'resolved lately' and device <> 'Seen lately'`;
    const tidy = () => tidyQuarantine(sql, { keepDays: 30, limit: 2 });
    expect([await tidy(), await tidy(), await tidy()]).toEqual([
      { most: 2, removed: 3 },
      { most: 1, removed: 1 },
      { most: 0, removed: 0 },
    ]);
    const left = await sql<{ left: string }[]>`
      select concat_ws(' ', device, metric) as left from uns_meta.birth_quarantine order by quarantine_id`;
    expect(left.map((row) => row.left)).toEqual(['Cement resolved lately', 'Cement open', 'Seen lately ']);
  });
});
