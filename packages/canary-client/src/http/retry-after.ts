const MAX_MS = 3_600_000;

/**
 * Reads a `Retry-After` header: a number of seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param now Wall clock in epoch ms, for the date form.
 * @returns Milliseconds from now, between 0 and one hour; null when the header is missing or unreadable.
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_MS);
  // The three date forms all start with the name of a day. Date.parse alone would take '-5' for a year.
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now, 0), MAX_MS);
}
