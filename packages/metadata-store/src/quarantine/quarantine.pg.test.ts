import { beforeEach, describe, expect, it } from '@jest/globals';
import { suiteStore } from '../testing/suite-store.ts';
import { makeKnown } from '../testing/make-known.ts';
import { quarantine } from './quarantine.ts';
import type { QuarantineEntry } from './quarantine-entry.ts';

const device = { group: 'Secil', edge: 'Portugal', device: 'Cement' };
const entry = (metric: string, reason = 'NAME_TOO_LONG', more: Partial<QuarantineEntry> = {}): QuarantineEntry => ({
  metric,
  property: '',
  reason,
  detail: 'long',
  occurrences: 1,
  ...more,
});

describe('the quarantine of devices in the store', () => {
  const store = suiteStore();

  beforeEach(async () => {
    await makeKnown(store.sql, device, { ...device, device: 'Concrete' });
  });

  const rows = () => store.sql<
    { metric: string; reason: string; occurrences: number; open: boolean; sample: unknown }[]
  >`
    select metric, reason, occurrences::integer, resolved_at is null as open, sample from uns_meta.birth_quarantine order by metric, reason`;

  it('has one row for each thing that is wrong, however often it is seen', async () => {
    for (let i = 0; i < 3; i += 1)
      await quarantine(store.sql, device, [entry('a'), entry('b'), entry('b', 'KEY_EMPTY')]);
    await quarantine(store.sql, { ...device, device: 'Concrete' }, [entry('a', undefined, { occurrences: 5 })]);
    expect((await rows()).map((row) => [row.metric, row.reason, row.occurrences])).toEqual([
      ['a', 'NAME_TOO_LONG', 3],
      ['a', 'NAME_TOO_LONG', 5],
      ['b', 'KEY_EMPTY', 3],
      ['b', 'NAME_TOO_LONG', 3],
    ]);
  });

  it('notes what is no longer wrong, and that it is wrong again', async () => {
    await quarantine(store.sql, device, [entry('a'), entry('b')], { exhaustive: true });
    await quarantine(store.sql, device, [entry('b')], { exhaustive: true });
    expect((await rows()).map((row) => row.open)).toEqual([false, true]);
    // A birth that was not read to its end tells nothing of the rest.
    await quarantine(store.sql, device, [entry('c')]);
    expect((await rows()).map((row) => row.open)).toEqual([false, true, true]);
    await quarantine(store.sql, device, [], { exhaustive: true });
    expect((await rows()).map((row) => row.open)).toEqual([false, false, false]);
    await quarantine(store.sql, device, [entry('a')]);
    expect((await rows()).map((row) => row.open)).toEqual([true, false, false]);
  });

  it('keeps the sample of a frame', async () => {
    const sample = { topic: 'spBv1.0/Secil/DBIRTH/Portugal/Cement', bytes: 2, sha256: 'ab', head: '0102' };
    await quarantine(store.sql, device, [entry('', 'PAYLOAD_MALFORMED', { sample })]);
    await quarantine(store.sql, device, [entry('', 'PAYLOAD_MALFORMED')]);
    expect(await rows()).toMatchObject([{ sample, occurrences: 2 }]);
  });

  it('PROMISE-6 keeps at most 10,000 rows of a device, those that are still wrong and the newest first', async () => {
    const batch = (from: number): QuarantineEntry[] =>
      Array.from({ length: 4000 }, (_, i) => entry(`m${String(from + i).padStart(6, '0')}`));
    await quarantine(store.sql, device, batch(0), { exhaustive: true });
    for (const from of [4000, 8000, 12_000]) await quarantine(store.sql, device, batch(from), { exhaustive: true });
    const [found] = await store.sql<{ n: number; open: number; oldest: string }[]>`
      select count(*)::integer as n, count(*) filter (where resolved_at is null)::integer as open, min(metric) as oldest
      from uns_meta.birth_quarantine`;
    expect(found).toMatchObject({ n: 10_000, open: 4000 });
    expect((found?.oldest ?? '') >= 'm004000').toBe(true);
  });

  it('lets two pods write the same entries at once', async () => {
    const entries = Array.from({ length: 500 }, (_, i) => entry(`m${i}`));
    await Promise.all(
      [entries, entries.toReversed(), entries, entries.toReversed()].map((given) =>
        quarantine(store.sql, device, given, { exhaustive: true }),
      ),
    );
    expect((await rows()).every((row) => row.occurrences === 4)).toBe(true);
  });
});
