import type { PostgresVersion } from '../postgres/binaries.ts';

/** How the test runner tells test files where the servers are. */
export const postgresUrlVariable = 'UNS_TEST_POSTGRES_URL';
export const redisUrlVariable = 'UNS_TEST_REDIS_URL';
export const postgresVersionVariable = 'UNS_TEST_POSTGRES';

/** The version the run is for, for tests that start a server of their own. */
export const testPostgresVersion = (): PostgresVersion => (process.env[postgresVersionVariable] === '18' ? 18 : 16);

/** @throws when the test was not started by the runner. */
export function serverUrl(variable: string): string {
  const url = process.env[variable];
  if (url) return url;
  throw new Error(
    `This test needs a server and ${variable} is not set: name the file *.pg.test.ts or *.redis.test.ts after what it needs, and run it through "pnpm test <path>".`,
  );
}
