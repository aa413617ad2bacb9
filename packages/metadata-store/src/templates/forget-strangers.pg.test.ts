import { beforeEach, describe, expect, it } from '@jest/globals';
import { saveAliases } from '../aliases/device-aliases.ts';
import { makeKnown } from '../testing/make-known.ts';
import { suiteStore } from '../testing/suite-store.ts';
import { forgetStrangers } from './forget-strangers.ts';
import { saveTemplates } from './node-templates.ts';

const known = { group: 'Secil', edge: 'Portugal' };
const stranger = { group: 'Secil', edge: 'made up' };

describe('what births of edge nodes teach that nobody knows', () => {
  const store = suiteStore();

  beforeEach(async () => {
    await makeKnown(store.sql, { ...known, device: 'Cement' });
    // The known node and its device were heard first of all.
    await teach(known, 0);
    await saveAliases(store.sql, { ...known, device: 'Cement' }, { aliases: { 1: 'a' }, birthTimestamp: new Date() });
    await store.sql`update uns_meta.device_aliases set updated_at = '2026-01-01'`;
  });

  const teach = async (node: typeof known, definitionBytes: number): Promise<void> => {
    const birthTimestamp = new Date();
    // Random, so that they do not compress.
    const definitions = Buffer.from(crypto.getRandomValues(new Uint8Array(definitionBytes)));
    await saveTemplates(store.sql, node, { definitions, birthTimestamp });
    await saveAliases(store.sql, { ...node, device: '' }, { aliases: { 1: 'a' }, birthTimestamp });
  };
  const kept = async (table: string) =>
    (
      await store.sql<{ edge: string }[]>`
        select edge from ${store.sql(`uns_meta.${table}`)} order by updated_at`
    ).map((row) => row.edge);

  it('PROMISE-6 is kept of the 1,000 heard last', async () => {
    for (const [table, columns] of [
      ['node_templates', `definitions, birth_timestamp, updated_at) select 'Secil', 'e' || i, ''`],
      ['device_aliases', `device, aliases, birth_timestamp, updated_at) select 'Secil', 'e' || i, '', '{}'`],
    ] as const) {
      await store.sql.unsafe(
        `insert into uns_meta.${table} (group_id, edge, ${columns}, now(), now() - make_interval(hours => 2000 - i) from generate_series(1, 1200) as i`,
      );
    }
    await teach(stranger, 10);
    await forgetStrangers(store.sql, stranger);
    for (const table of ['node_templates', 'device_aliases']) {
      const edges = await kept(table);
      const strange = edges.filter((edge) => edge !== known.edge);
      expect([strange.length, strange[0], strange.at(-1)]).toEqual([1000, 'e202', 'made up']);
      expect(edges).toContain(known.edge);
    }
    expect(await kept('device_aliases')).toHaveLength(1002);
  });

  it('PROMISE-6 is kept of so many bytes', async () => {
    for (const edge of ['a', 'b', 'c', 'd']) await teach({ ...known, edge }, 10_000);
    await forgetStrangers(store.sql, stranger, { nodes: 1000, bytes: 25_000 });
    expect(await kept('node_templates')).toEqual([known.edge, 'c', 'd']);
  });

  it('is left alone when a node with devices is born', async () => {
    for (const edge of ['a', 'b']) await teach({ ...known, edge }, 10);
    await forgetStrangers(store.sql, known, { nodes: 0, bytes: 0 });
    expect(await kept('node_templates')).toEqual([known.edge, 'a', 'b']);
  });
});
