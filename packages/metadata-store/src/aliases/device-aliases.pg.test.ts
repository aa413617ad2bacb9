import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testStore, type TestStore } from '../testing/test-store.ts';
import { readTemplates, saveTemplates } from '../templates/node-templates.ts';
import { readAliases, saveAliases } from './device-aliases.ts';

const noon = new Date('2026-01-01T12:00:00Z');
const earlier = new Date('2026-01-01T11:00:00Z');

describe('what births teach', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
  });
  afterAll(() => store[Symbol.asyncDispose]());

  it('TC-12 keeps the aliases of a device and of its node apart', async () => {
    const device = { group: 'g', edge: 'e', device: 'd' };
    expect(await readAliases(store.sql, device)).toBeNull();
    expect(await saveAliases(store.sql, device, { aliases: { 0: 'zero', 5: '__proto__' }, birthTimestamp: noon })).toBe(
      true,
    );
    expect(
      await saveAliases(store.sql, { ...device, device: '' }, { aliases: { 1: 'one' }, birthTimestamp: noon }),
    ).toBe(true);
    expect(await readAliases(store.sql, device)).toEqual({ 0: 'zero', 5: '__proto__' });
    expect(await readAliases(store.sql, { ...device, device: '' })).toEqual({ 1: 'one' });
  });

  it('TC-12 learns nothing from an older birth, and writes nothing that it knows', async () => {
    const device = { group: 'g', edge: 'e', device: 'd2' };
    const row = () => store.sql`select xmin::text, aliases from uns_meta.device_aliases where device = 'd2'`;
    await saveAliases(store.sql, device, { aliases: { 1: 'new' }, birthTimestamp: noon });
    const before = await row();
    expect(await saveAliases(store.sql, device, { aliases: { 1: 'old' }, birthTimestamp: earlier })).toBe(false);
    expect(await saveAliases(store.sql, device, { aliases: { 1: 'new' }, birthTimestamp: noon })).toBe(true);
    expect(await row()).toEqual(before);
  });

  it('keeps the template definitions of a node: none seen, none there, some', async () => {
    const node = { group: 'g', edge: 'e' };
    expect(await readTemplates(store.sql, node)).toBeNull();
    expect(await saveTemplates(store.sql, node, { definitions: Buffer.alloc(0), birthTimestamp: noon })).toBe(true);
    expect(await readTemplates(store.sql, node)).toEqual(Buffer.alloc(0));
    expect(await saveTemplates(store.sql, node, { definitions: Buffer.from('old'), birthTimestamp: earlier })).toBe(
      false,
    );
    expect(await saveTemplates(store.sql, node, { definitions: Buffer.from('new'), birthTimestamp: noon })).toBe(true);
    expect(await readTemplates(store.sql, node)).toEqual(Buffer.from('new'));
  });
});
