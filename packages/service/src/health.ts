/** One thing a service needs, and whether it has it now. */
export interface Check {
  ok: boolean;
  detail: string;
}

export interface HealthReport {
  ok: boolean;
  checks: Record<string, Check>;
}

/** All checks together: ok when each is. */
export function healthReport(checks: Record<string, Check>): HealthReport {
  return { ok: Object.values(checks).every((check) => check.ok), checks };
}
