import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** A Lua script beside the code that uses it, sent once and then called by its digest. */
export class RedisScript {
  readonly #source: string;
  readonly #sha1: string;

  constructor(file: URL) {
    this.#source = readFileSync(file, 'utf8');
    this.#sha1 = createHash('sha1').update(this.#source).digest('hex');
  }

  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#sha1, keys.length, ...keys, ...args);
    } catch (error) {
      // A restarted Redis has forgotten its scripts. The first word of a Redis error is its code.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(this.#source, keys.length, ...keys, ...args);
    }
  }
}
