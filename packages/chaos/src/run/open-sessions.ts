import type { LocalStack } from '@uns/local-stack';

/** Writers that say, in their readiness, that they have a session with Canary. */
export async function openSessions(stack: LocalStack): Promise<number> {
  const states = await Promise.all(
    stack.endpoints.apps['canary-writer'].map(async ({ adminUrl }) => {
      const response = await fetch(new URL('/readyz', adminUrl), { signal: AbortSignal.timeout(5000) });
      // One repository, one shape: what is not there counts as no session.
      const report = (await response.json()) as { checks?: { session?: { detail?: string } } };
      return report.checks?.session?.detail;
    }),
  );
  return states.filter((state) => state === 'open').length;
}
