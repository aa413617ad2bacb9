import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { makeKnown } from '../testing/make-known.ts';
import { suiteStore } from '../testing/suite-store.ts';
import { quarantine, quarantineStrangers } from './quarantine.ts';
import type { QuarantineEntry } from './quarantine-entry.ts';

const cement = { group: 'Secil', edge: 'Portugal', device: 'Cement' };
const entry = (more: Partial<QuarantineEntry> = {}): QuarantineEntry => ({
  metric: '',
  property: '',
  reason: 'PAYLOAD_MALFORMED',
  detail: 'broken',
  occurrences: 1,
  ...more,
});
const frame = { topic: 'spBv1.0/Secil/DBIRTH/Portugal/Cement', bytes: 2, sha256: 'ab', head: '0102' };

describe('the quarantine of devices that are not in the store', () => {
  const store = suiteStore();

  const rows = () =>
    store.sql<{ device: string; metric: string; reason: string; detail: string; n: number; open: boolean }[]>`
      select group_id || '/' || edge || '/' || device as device, metric, reason, detail, occurrences::integer as n,
        resolved_at is null as open, sample
      from uns_meta.birth_quarantine order by 1, 2, 3`;
  const count = async () =>
    (
      await store.sql<{ own: number; together: number; occurrences: number }[]>`
        select count(*) filter (where device <> '+')::integer as own, count(*) filter (where device = '+')::integer as together,
          sum(occurrences)::integer as occurrences
        from uns_meta.birth_quarantine`
    )[0];
  const madeUp = async (o: { from: number; until: number; edge: (i: number) => string }) => {
    let folded = 0;
    for (let from = o.from; from < o.until; from += 1000) {
      const subjects = Array.from({ length: Math.min(1000, o.until - from) }, (_, i) => ({
        device: { group: 'Secil', edge: o.edge(from + i), device: `made-up-${from + i}` },
        entries: [entry()],
      }));
      folded += (await quarantineStrangers(store.sql, subjects)).folded;
    }
    return folded;
  };

  it('names the device whose first birth cannot be read, and is resolved by one that can', async () => {
    await quarantine(store.sql, cement, [
      entry({ metric: 'Kiln', reason: 'KEY_EMPTY', occurrences: 2 }),
      entry({ metric: 'Mill', reason: 'KEY_EMPTY' }),
      entry({ sample: frame }),
    ]);
    expect(await rows()).toMatchObject([
      // Nothing of the device is stored: which metrics are wrong comes after why.
      { device: 'Secil/Portugal/Cement', metric: '', reason: 'KEY_EMPTY', detail: 'Kiln: broken', n: 3 },
      { device: 'Secil/Portugal/Cement', metric: '', reason: 'PAYLOAD_MALFORMED', n: 1, sample: frame },
    ]);
    await makeKnown(store.sql, cement);
    await quarantine(store.sql, cement, [entry({ metric: 'Kiln', reason: 'KEY_EMPTY' })], { exhaustive: true });
    expect((await rows()).map((row) => [row.metric, row.reason, row.open])).toEqual([
      ['', 'KEY_EMPTY', false],
      ['', 'PAYLOAD_MALFORMED', false],
      ['Kiln', 'KEY_EMPTY', true],
    ]);
    const [strange] = await store.sql`select count(unknown)::integer as n from uns_meta.birth_quarantine`;
    expect(strange).toEqual({ n: 0 });
  });

  it('PROMISE-6 50,000 made-up devices of an edge node leave 1,000 rows in their names, and one for the rest', async () => {
    await makeKnown(store.sql, cement);
    expect(await madeUp({ from: 0, until: 50_000, edge: () => 'Portugal' })).toBe(49_000);
    expect(await count()).toEqual({ own: 1000, together: 1, occurrences: 50_000 });
    const [together] = (await rows()).filter((row) => row.device.endsWith('+'));
    expect(together).toMatchObject({
      device: 'Secil/Portugal/+',
      n: 49_000,
      sample: { devices: Array.from({ length: 20 }, (_, i) => `Secil/Portugal/made-up-${49_999 - i}`) },
    });
    // Those that have a row keep it, and other edge nodes their room.
    await makeKnown(store.sql, { ...cement, edge: 'Brazil' });
    const others = [
      { ...cement, device: 'made-up-7' },
      { ...cement, edge: 'Brazil', device: 'New' },
      { ...cement, edge: 'Tunisia', device: 'New' },
    ];
    for (const device of others) expect(await quarantine(store.sql, device, [entry()])).toEqual({ folded: 0 });
    expect(await quarantine(store.sql, { ...cement, device: 'One more' }, [entry()])).toEqual({ folded: 1 });
    expect(await count()).toEqual({ own: 1002, together: 1, occurrences: 50_004 });
  });

  it('PROMISE-6 made-up edge nodes have the room of one, and nobody more than 10,000 rows in all', async () => {
    expect(await madeUp({ from: 0, until: 3000, edge: (i) => `made-up-${i}` })).toBe(2000);
    expect(await count()).toEqual({ own: 1000, together: 1, occurrences: 3000 });
    expect((await rows())[0]).toMatchObject({ device: '+/+/+', n: 2000 });
    const edges = Array.from({ length: 12 }, (_, i) => `plant-${i}`);
    await makeKnown(store.sql, ...edges.map((edge) => ({ ...cement, edge })));
    for (const edge of edges) await madeUp({ from: 0, until: 1000, edge: () => edge });
    expect(await count()).toMatchObject({ own: 10_000, occurrences: 15_000 });
  });

  it('keeps the words and the frame of what was seen last, of those that are counted together', async () => {
    const bounds = { ofNode: 0, inAll: 0 };
    for (const [device, head] of [
      ['a', '01'],
      ['b', '02'],
      ['a', '03'],
    ] as const) {
      const sample = { ...frame, head };
      await quarantineStrangers(store.sql, [{ device: { ...cement, device }, entries: [entry({ sample })] }], bounds);
    }
    expect(await rows()).toMatchObject([
      { device: '+/+/+', n: 3, sample: { head: '03', devices: ['Secil/Portugal/a', 'Secil/Portugal/b'] } },
    ]);
  });

  it('leaves devices of the store, and what belongs to no device, to the others', async () => {
    await makeKnown(store.sql, cement);
    const known = [cement, { ...cement, device: '' }, { group: '', edge: '', device: '' }].map((device) => ({
      device,
      entries: [entry()],
    }));
    const stranger = { device: { ...cement, edge: 'Nowhere', device: '' }, entries: [entry()] };
    expect(await quarantineStrangers(store.sql, [...known, stranger])).toEqual({ folded: 0, known });
    expect((await rows()).map((row) => row.device)).toEqual(['Secil/Nowhere/']);
  });

  it('are told from others where there are entries already, when the store is migrated', async () => {
    await makeKnown(store.sql, cement);
    const named = [
      'Secil/Portugal/Cement',
      'Secil/Portugal/',
      'Secil/Portugal/New',
      'Secil/Brazil/',
      'Secil/Brazil/New',
      '//',
    ];
    for (const name of named) {
      const [group = '', edge = '', device = ''] = name.split('/');
      await store.sql`
        insert into uns_meta.birth_quarantine (group_id, edge, device, reason, detail)
        values (${group}, ${edge}, ${device}, 'PAYLOAD_MALFORMED', '')`;
    }
    await store.sql.file(fileURLToPath(new URL('../../migrations/0016_unknown_subjects.sql', import.meta.url)));
    const found = await store.sql<{ unknown: string | null }[]>`
      select unknown from uns_meta.birth_quarantine order by quarantine_id`;
    expect(found.map((row) => row.unknown)).toEqual([null, null, 'device', 'node', 'node', null]);
  });

  it('lets pods write of the same strangers at once', async () => {
    const subjects = Array.from({ length: 300 }, (_, i) => ({
      device: { ...cement, device: `d${i}` },
      entries: [entry()],
    }));
    await Promise.all(
      [subjects, subjects.toReversed(), subjects].map((given) => quarantineStrangers(store.sql, given)),
    );
    expect(await count()).toEqual({ own: 300, together: 0, occurrences: 900 });
  });
});
