import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { writeBirth } from '../birth/write-birth.ts';
import { sampleBirth, type Sample } from './sample-birth.ts';
import { emptyStore } from './store-rows.ts';
import { testStore, type TestStore } from './test-store.ts';

/** A store for all tests of a `describe`, empty before each of them. To be called in its body, to be used in its tests. */
export function suiteStore(): Pick<TestStore, 'sql' | 'url' | 'connect'> {
  let store: TestStore | null = null;
  const get = (): TestStore => {
    if (store === null) throw new Error('the store is there once the tests run');
    return store;
  };
  beforeAll(async () => {
    store = await testStore();
  });
  afterAll(() => store?.[Symbol.asyncDispose]());
  beforeEach(() => emptyStore(get().sql));
  return {
    get sql() {
      return get().sql;
    },
    get url() {
      return get().url;
    },
    connect: (changedBy) => get().connect(changedBy),
  };
}

export interface WriteSample extends Partial<Sample> {
  /** It could not be read to its end. */
  broken?: boolean;
  /** False: all of it is staged, also where its fingerprints tell what has changed. */
  patch?: boolean;
}

/** Writes sample births, which must not be refused. `usual` holds for all of them. */
export function sampleWriter(store: Pick<TestStore, 'sql'>, usual: Partial<Sample> = {}) {
  return async (metrics: Sample['metrics'], { broken = false, patch = true, ...more }: WriteSample = {}) => {
    const birth = sampleBirth({ metrics, ...usual, ...more });
    const outcome = await writeBirth(store.sql, {
      ...birth,
      ...(broken ? { fingerprint: null } : {}),
      ...(patch ? {} : { fingerprints: null }),
    });
    if (outcome.kind !== 'written') throw new Error(outcome.kind);
    return outcome;
  };
}
