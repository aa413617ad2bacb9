import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { emptyStore } from '@uns/metadata-store/testing';
import type { BirthInput } from '@uns/sparkplug';
import type { Sql } from 'postgres';
import { ingestHarness, type IngestHarness, type IngestRun, type LogLine } from './ingest-harness.ts';

/** One store and broker for all tests of a `describe`; for each test they are empty, and ingest runs that knows nothing. */
export interface SuiteIngest {
  readonly sql: Sql;
  /** Publishes a birth, as `IngestHarness.birth`. */
  birth(topic: string, birth: BirthInput | Buffer): Promise<LogLine>;
  /** Another run of ingest: what it knows is in the store. */
  restart(): Promise<void>;
}

/** To be called in the body of a `describe`, to be used in its tests. */
export function suiteIngest(): SuiteIngest {
  let harness: IngestHarness | null = null;
  let run: IngestRun | null = null;
  const there = <T>(found: T | null): T => {
    if (found === null) throw new Error('ingest runs once the tests do');
    return found;
  };
  const restart = async (): Promise<void> => {
    await run?.stop();
    run = await there(harness).start();
  };
  beforeAll(async () => {
    harness = await ingestHarness();
  });
  afterAll(() => harness?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    await emptyStore(there(harness).store.sql);
    await restart();
  });
  afterEach(() => run?.stop());
  return {
    get sql() {
      return there(harness).store.sql;
    },
    birth: (topic, birth) => there(harness).birth(there(run), topic, birth),
    restart,
  };
}
