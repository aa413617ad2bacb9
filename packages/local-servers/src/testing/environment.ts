/** How the test runner tells test files where the servers are. */
export const postgresUrlVariable = 'UNS_TEST_POSTGRES_URL';
export const redisUrlVariable = 'UNS_TEST_REDIS_URL';

/** @throws when the test was not started by the runner. */
export function serverUrl(variable: string): string {
  const url = process.env[variable];
  if (url) return url;
  throw new Error(`This test needs servers (${variable} is not set): run it through "pnpm test <path>".`);
}
