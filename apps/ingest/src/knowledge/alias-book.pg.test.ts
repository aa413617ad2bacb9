import { saveAliases } from '@uns/metadata-store';
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

  it('PROMISE-6 take room in memory also when there are none: devices can be made up', async () => {
    await using store = await testStore();
    const book = new AliasBook({ sql: store.sql, cacheEntries: 1000 });
    const device = (name: string) => ({ group: 'Secil', edge: 'Portugal', device: name });
    const first = async () => (await book.of(device('first'))).device.nameOf('1');
    expect(await first()).toBeNull();
    const aliases = { aliases: { 1: 'Kiln' }, birthTimestamp: new Date() };
    await saveAliases(store.sql, device('first'), aliases);
    for (let i = 0; i < 50; i += 1) await book.of(device(`d${i}`));
    expect(await first()).toBeNull();
    for (let i = 0; i < 100; i += 1) await book.of(device(`e${i}`));
    expect(await first()).toBe('Kiln');
  });
});
