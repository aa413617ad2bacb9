import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testStore, type TestStore } from '../testing/test-store.ts';
import { readProgress, saveProgress } from './progress.ts';

describe('how far the change stream is recorded', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
  });
  afterAll(() => store[Symbol.asyncDispose]());

  it('PROMISE-1 never goes back when a reader that was frozen comes late, and does on another server', async () => {
    const server = { systemId: '1', timeline: 1 };
    const save = (recordedLsn: string, on = server) => saveProgress(store.sql, 'slot', { ...on, recordedLsn });
    const recorded = async () => (await readProgress(store.sql, 'slot'))?.recordedLsn;
    await save('0/200');
    await save('0/100');
    expect(await recorded()).toBe('0/200');
    await save('0/300');
    expect(await recorded()).toBe('0/300');
    await save('0/50', { systemId: '1', timeline: 2 });
    expect(await recorded()).toBe('0/50');
    await save('0/40', { systemId: '2', timeline: 2 });
    expect(await recorded()).toBe('0/40');
  });
});
