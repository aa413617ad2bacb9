import { setTimeout as delay } from 'node:timers/promises';
import { LocalServerError } from '../local-server-error.ts';

/** For work that cannot be called off: what it gives, or LocalServerError when that takes longer than `deadlineMs`. */
export async function within<T>(deadlineMs: number, what: string, work: Promise<T>): Promise<T> {
  const overdue = delay(deadlineMs, undefined, { ref: false }).then(() => {
    throw new LocalServerError(`${what} did not come about within ${deadlineMs / 1000} s.`);
  });
  return await Promise.race([work, overdue]);
}
