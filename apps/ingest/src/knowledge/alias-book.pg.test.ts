import { testStore } from '@uns/metadata-store/testing';
import { describe, expect, it } from '@jest/globals';
import { AliasTable } from '@uns/sparkplug';
import { AliasBook, mostAliasCharacters } from './alias-book.ts';

describe('the aliases of a device', () => {
  it('PROMISE-7 SPB-17 fit into their row when they are as many, and as long, as are learned', async () => {
    await using store = await testStore();
    const device = { group: 'Secil', edge: 'Portugal', device: 'Cement' };
    const learned = new AliasTable();
    const name = '窯'.repeat(2_000);
    for (let i = 0; learned.characters + name.length <= mostAliasCharacters; i++) learned.learn(String(i), name);
    await new AliasBook({ sql: store.sql, cacheEntries: 1 }).learn(device, learned, new Date());
    const [row] = await store.sql<{ names: number }[]>`
      select count(*)::integer as names from uns_meta.device_aliases, jsonb_object_keys(aliases)`;
    expect(row?.names).toBe(learned.size);
  });
});
