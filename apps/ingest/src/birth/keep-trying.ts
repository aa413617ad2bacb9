import { cappedBackoff, errorCode, sleep } from '@uns/service';

export type Tried =
  | 'done'
  /** Nobody needs it any more. */
  | 'superseded'
  /** The store will never take it. */
  | 'refused';

/** Attempts after which an error that lies in the data is believed: one of them may be a race with another birth. */
const refusalAttempts = 3;

/**
 * Tries until it works, with a growing, jittered pause of at most 15 s; unless `superseded` says after a pause that nobody needs it any
 * more, or the store refuses the data itself, several times over: then trying again would keep others from their turn.
 *
 * Rejects only with the signal's reason.
 */
export async function keepTrying(o: {
  attempt: () => Promise<void>;
  superseded: () => boolean;
  onFailure: (error: unknown, attempt: number) => void;
  signal: AbortSignal;
}): Promise<Tried> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await o.attempt();
      return 'done';
    } catch (error) {
      o.signal.throwIfAborted();
      o.onFailure(error, attempt);
      if (liesInData(error) && attempt + 1 >= refusalAttempts) return 'refused';
      await sleep(cappedBackoff({ attempt, baseMs: 250, capMs: 15_000 }), o.signal);
      if (o.superseded()) return 'superseded';
    }
  }
}

/**
 * Classes of SQLSTATE: 22 data exception, 23 integrity constraint violation, 54 program limit exceeded (an index row that is too long).
 * What the store lacks (53), cannot do now (40, 55, 57) or has lost (08) comes back.
 */
export function liesInData(error: unknown): boolean {
  return /^(?:22|23|54)[0-9A-Z]{3}$/.test(String(errorCode(error)));
}
