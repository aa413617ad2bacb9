import { LocalServerError } from '../local-server-error.ts';
import type { LocalRedis } from './local-redis.ts';

/** The Redis that `REDIS_URL` names. It is not ours to stop. */
export function givenRedis(url: string): LocalRedis {
  return {
    url,
    how: 'REDIS_URL',
    pid: null,
    stop: leaveRunning,
    kill: refuse,
    restart: refuse,
    [Symbol.asyncDispose]: leaveRunning,
  };
}

async function leaveRunning(): Promise<void> {}

async function refuse(): Promise<never> {
  throw new LocalServerError('REDIS_URL names a Redis of somebody else; unset it to have one that may be ended.');
}
