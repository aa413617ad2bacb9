/** What the arrivals of requests in one span of time were like. */
export interface ArrivalSummary {
  requests: number;
  meanRps: number;
  /** The longest time without a request, ms. */
  longestGapMs: number;
}

/**
 * Summarises the arrivals in `[fromMicros, fromMicros + seconds)`.
 *
 * @param micros instants in µs, ascending
 */
export function summariseArrivals(micros: readonly number[], fromMicros: number, seconds: number): ArrivalSummary {
  const untilMicros = fromMicros + seconds * 1_000_000;
  let requests = 0;
  let longestGap = 0;
  let before = fromMicros;
  for (const instant of micros) {
    if (instant < fromMicros || instant >= untilMicros) continue;
    requests += 1;
    longestGap = Math.max(longestGap, instant - before);
    before = instant;
  }
  longestGap = Math.max(longestGap, untilMicros - before);
  return { requests, meanRps: requests / seconds, longestGapMs: longestGap / 1000 };
}
