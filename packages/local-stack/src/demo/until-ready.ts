import { DeadlineExceededError, withDeadline, type HealthReport } from '@uns/service';
import type { LocalStack } from '../stack/local-stack.ts';
import { DemoFailure } from './monitor/wait-until.ts';

const readySeconds = 60;
const askMs = 2000;

/** @throws DemoFailure that says which app is not ready, and why as far as it says so itself. */
export async function untilReady(stack: LocalStack, signal: AbortSignal): Promise<void> {
  try {
    await withDeadline(readySeconds * 1000, signal, (deadline) => stack.ready(deadline));
  } catch (error) {
    if (!(error instanceof DeadlineExceededError)) throw error;
    const reasons = await reasonsOf(stack);
    throw new DemoFailure([`Not every app is ready after ${readySeconds} s:`, ...reasons].join('\n  '));
  }
}

async function reasonsOf(stack: LocalStack): Promise<string[]> {
  const reasons: string[] = [];
  for (const [name, processes] of Object.entries(stack.endpoints.apps)) {
    if (processes.length === 0) reasons.push(`${name} does not run, or does not say where it listens`);
    for (const { adminUrl } of processes) reasons.push(...notReady(name, await readiness(adminUrl)));
  }
  return reasons;
}

/** @param report null when the app did not answer */
export function notReady(name: string, report: HealthReport | null): string[] {
  if (report === null) return [`${name} does not answer`];
  return Object.entries(report.checks).flatMap(([check, { ok, detail }]) =>
    ok ? [] : [`${name}: ${check}, ${detail}`],
  );
}

async function readiness(adminUrl: string): Promise<HealthReport | null> {
  try {
    const response = await fetch(new URL('/readyz', adminUrl), { signal: AbortSignal.timeout(askMs) });
    return (await response.json()) as HealthReport;
  } catch {
    // No answer is an answer here.
    return null;
  }
}
