/** An edge's clock may be ahead of ours by this much, in ms, before it is not believed. */
const toleranceMs = 5 * 60_000;

/**
 * The time that decides which of two births is the newer one: the publisher's, unless it has none or lies in the future. One birth
 * from the year 2100 must not make every later one look old.
 */
export function birthTime(published: bigint | null, receivedAt: Date): Date {
  if (published === null || published <= 0n) return receivedAt;
  const latest = receivedAt.getTime() + toleranceMs;
  return published > BigInt(latest) ? receivedAt : new Date(Number(published));
}
