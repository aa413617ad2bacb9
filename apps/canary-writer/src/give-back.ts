import type { JobEnd } from '@uns/delivery';

export const giveBackReasons = [
  'circuit-open',
  'no-session',
  'slowed-down',
  'views-unavailable',
  'stopping',
  'aborted',
] as const;

export type GiveBackReason = (typeof giveBackReasons)[number];

/** Ends the work on a job without a result, by giving it back to the queue. */
export class GiveBackError extends Error {
  override readonly name = 'GiveBackError';
  readonly why: GiveBackReason;
  readonly end: JobEnd;

  private constructor(why: GiveBackReason, end: JobEnd, detail: string) {
    super(detail);
    this.why = why;
    this.end = end;
  }

  /** To the head of the queue. What stops this job stops all others too: nobody takes one for `holdMs`. */
  static atHead(why: GiveBackReason, holdMs: number, detail: string): GiveBackError {
    return new GiveBackError(why, { end: 'return', holdMs }, detail);
  }

  /** Aside for `ms`: what stops this job may not stop the others. */
  static aside(why: GiveBackReason, ms: number, detail: string): GiveBackError {
    return new GiveBackError(why, { end: 'delay', ms }, detail);
  }
}
