import { describe, expect, it } from '@jest/globals';
import { writeBirth } from '../birth/write-birth.ts';
import { sampleBirth, type Sample } from '../testing/sample-birth.ts';
import { idsByName, lineageOf } from '../testing/store-rows.ts';
import { suiteStore } from '../testing/suite-store.ts';

describe('metrics that get their names later', () => {
  const store = suiteStore();

  const write = (metrics: Sample['metrics'], aliases: Record<string, string> = {}) =>
    writeBirth(store.sql, sampleBirth({ metrics, aliases, paths: { 'alias:5': 'Secil/Portugal/Cement/alias_5' } }));

  it('TC-12 are the metrics they were as alias:<id>, not second tags', async () => {
    await write({ 'alias:5': { unit: 'bar' }, X: {} });
    const before = await idsByName(store.sql);
    expect(await write({ 'Kiln/Speed': { unit: 'bar' }, X: {} }, { 5: 'Kiln/Speed' })).toMatchObject({
      changes: { metricsCreated: 0, metricsRenamed: 1, metricsRetired: 0, propertiesInserted: 0, propertiesDeleted: 0 },
    });
    expect(await idsByName(store.sql)).toEqual({ 'Kiln/Speed': before['alias:5'], X: before['X'] });
    expect(await lineageOf(store.sql, before['alias:5'] ?? '')).toEqual([
      'Secil/Portugal/Cement/alias_5 -> Secil/Portugal/Cement/Kiln/Speed',
    ]);
  });

  it('leave a metric alone that has the name already', async () => {
    await write({ 'Kiln/Speed': { n: 1 } });
    const before = await idsByName(store.sql);
    await write({ 'alias:5': { n: 1 } });
    expect(await write({ 'Kiln/Speed': { n: 1 } }, { 5: 'Kiln/Speed' })).toMatchObject({
      changes: { metricsCreated: 0, metricsRenamed: 0, metricsRetired: 1 },
    });
    expect(await idsByName(store.sql)).toEqual(before);
  });

  it('stay nameless while nobody names them', async () => {
    await write({ 'alias:5': { n: 1 } });
    const before = await idsByName(store.sql);
    await write({ 'alias:5': { n: 2 }, 'Kiln/Speed': {} }, { 6: 'Kiln/Speed' });
    expect((await idsByName(store.sql))['alias:5']).toBe(before['alias:5']);
  });

  it('go by the first of two aliases of one name', async () => {
    await write({ 'alias:5': { n: 1 }, 'alias:7': { n: 2 } });
    const before = await idsByName(store.sql);
    await write({ N: { n: 1 } }, { 5: 'N', 7: 'N' });
    expect(await idsByName(store.sql)).toEqual({ N: before['alias:5'] });
  });
});
