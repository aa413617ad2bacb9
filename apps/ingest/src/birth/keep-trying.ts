import { cappedBackoff, sleep } from '@uns/service';

/**
 * Tries until it works, with a growing, jittered pause of at most 15 s, unless `superseded` says after a pause that nobody needs it any
 * more.
 *
 * @returns false when it was given up. Rejects only with the signal's reason.
 */
export async function keepTrying(o: {
  attempt: () => Promise<void>;
  superseded: () => boolean;
  onFailure: (error: unknown, attempt: number) => void;
  signal: AbortSignal;
}): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await o.attempt();
      return true;
    } catch (error) {
      o.signal.throwIfAborted();
      o.onFailure(error, attempt);
      await sleep(cappedBackoff({ attempt, baseMs: 250, capMs: 15_000 }), o.signal);
      if (o.superseded()) return false;
    }
  }
}
