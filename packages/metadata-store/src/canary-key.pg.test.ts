import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { canaryId, collisionKey } from '@uns/uns';
import { writeBirth } from './birth/write-birth.ts';
import { sampleBirth } from './testing/sample-birth.ts';
import { metricRows } from './testing/store-rows.ts';
import { suiteStore } from './testing/suite-store.ts';

const migration = new URL('../migrations/0015_tags_and_quarantine.sql', import.meta.url);

/** As it was before: composed forms of lower case were not looked for. */
const formerKey = `
  create or replace function uns_meta.canary_key(uns_path text) returns text language sql immutable strict parallel safe
  as $$ select replace(lower(replace(uns_path, '/', '.') collate "und-x-icu") collate "C", 'ς', 'σ') $$`;

describe('the key by which two tags are one', () => {
  const store = suiteStore();

  it('TC-02 DI-02 is the same in SQL and in code, for every letter with every accent', async () => {
    // Of the scripts that have upper and lower case. Letters that Unicode got after version 13 are not known everywhere.
    const letters = range(0x41, 0x24f).concat(range(0x370, 0x52f), range(0x531, 0x556), range(0x1e00, 0x1fff));
    const accents = ['', '\u0301', '\u030a', '\u030c', '\u0308', '\u0331', '\u02be', '\u0345', '\u0308\u0301'];
    const paths = letters
      .map((code) => String.fromCodePoint(code))
      .filter((letter) => /\p{L}/u.test(letter))
      .flatMap((letter) => accents.map((accent) => `A/b.C/${letter}${accent} x`));
    expect(paths.length).toBeGreaterThan(8000);
    const rows = await store.sql<{ path: string; key: string }[]>`
      select path, uns_meta.canary_key(path) as key from unnest(${paths}::text[]) as p (path)`;
    const different = rows.filter(({ path, key }) => key !== collisionKey(canaryId(path)));
    expect(different).toEqual([]);
  });

  it('TC-02 is given to what is stored by the migration, unless two metrics had the tag', async () => {
    const path = (name: string): string => `Secil/Portugal/Cement/${name}`;
    const staleKeys = async () =>
      (
        await store.sql<{ name: string }[]>`
          select name from uns_meta.metrics where canary_key <> uns_meta.canary_key(uns_path) order by name collate "C"`
      ).map((row) => row.name);
    const text = await readFile(migration, 'utf8');
    await store.sql.unsafe(formerKey);
    const birth = sampleBirth({ metrics: { '1 H\u0331': {}, '2 H\u0331': {}, '2 \u1e96': {}, plain: {} } });
    expect(await writeBirth(store.sql, birth)).toMatchObject({ collisions: [], changes: { metricsCreated: 4 } });

    await store.sql.begin((tx) => tx.unsafe(text));
    expect(await staleKeys()).toEqual(['2 H\u0331']);
    await store.sql.begin((tx) => tx.unsafe(text));
    expect(await staleKeys()).toEqual(['2 H\u0331']);
    expect(await metricRows(store.sql)).toHaveLength(4);
    expect(await store.sql`select from uns_meta.metric_path_lineage`).toHaveLength(0);
    // The next birth, though the same, says so.
    expect(await writeBirth(store.sql, birth)).toMatchObject({
      collisions: [{ kind: 'path', name: '2 H\u0331', unsPath: path('2 H\u0331'), holder: '2 \u1e96' }],
    });
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
