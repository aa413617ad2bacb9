/** A connection that ends this soon after a request counts as the broker's answer to it, in ms. */
const answerMs = 2000;
const strikesToStop = 3;
const stopForMs = 3_600_000;

/**
 * Tells whether the broker refuses to let us publish. MQTT 3.1.1 has no word for it: a broker that does not ignore the message closes
 * the connection. Three times in a row is no accident; then nothing is published for an hour, after which one more time is enough.
 */
export class PublishGuard {
  #lastPublishMs: number | null = null;
  #strikes = 0;
  #blockedUntilMs = 0;

  isBlocked(nowMs: number): boolean {
    return nowMs < this.#blockedUntilMs;
  }

  published(nowMs: number): void {
    // The one before was let through.
    if (this.#lastPublishMs !== null) this.#strikes = 0;
    this.#lastPublishMs = nowMs;
  }

  /** The connection was lost. Returns true when that makes it a refusal. */
  lost(nowMs: number): boolean {
    const answered = this.#lastPublishMs !== null && nowMs - this.#lastPublishMs <= answerMs;
    this.#lastPublishMs = null;
    if (!answered) return false;
    this.#strikes += 1;
    if (this.#strikes < strikesToStop) return false;
    this.#strikes = strikesToStop - 1;
    this.#blockedUntilMs = nowMs + stopForMs;
    return true;
  }
}
