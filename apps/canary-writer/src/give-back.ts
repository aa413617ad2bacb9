/** Ends the work on a job without a result: it goes back to the head of the queue, and nobody takes it for `holdMs`. */
export class GiveBackError extends Error {
  override readonly name = 'GiveBackError';
  readonly holdMs: number;
  readonly why: GiveBackReason;

  constructor(why: GiveBackReason, holdMs: number, detail: string) {
    super(detail);
    this.why = why;
    this.holdMs = holdMs;
  }
}

export type GiveBackReason =
  'circuit-open' | 'no-session' | 'slowed-down' | 'views-unavailable' | 'stopping' | 'aborted';
