import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RedisScript } from '../redis/script.ts';
import type { CircuitPolicy } from './circuit-policy.ts';
import type { CircuitPhase, CircuitRecord, TripReason } from './circuit-state.ts';

/** Outcomes a pod has seen since it reported last. */
export interface Outcomes {
  successes: number;
  failures: number;
  /** How many of the failures were answers 5xx. */
  serverErrors: number;
  /** Failures since the last success. */
  run: number;
}

const noOutcomes: Outcomes = { successes: 0, failures: 0, serverErrors: 0, run: 0 };

/** The circuit of the fleet in Redis: counts and phase, no decisions. Rejects at once while Redis is away. */
export class CircuitStore {
  readonly #script = new RedisScript(new URL('circuit.lua', import.meta.url));
  readonly #redis: Redis;
  readonly #key: string;
  readonly #policy: CircuitPolicy;

  constructor(redis: Redis, key: string, policy: CircuitPolicy) {
    this.#redis = redis;
    this.#key = key;
    this.#policy = policy;
  }

  /** Adds outcomes to the counts of the fleet and reads how it stands. */
  async report(outcomes: Outcomes): Promise<CircuitRecord> {
    return (await this.#run(outcomes, ['', '', ''])).record;
  }

  /** Changes the phase unless somebody else has done so since `from` was read. Returns how it stands then, and whether it was us. */
  change(
    from: CircuitRecord,
    phase: CircuitPhase,
    reason: TripReason | null,
  ): Promise<{ record: CircuitRecord; changed: boolean }> {
    return this.#run(noOutcomes, [String(from.version), phase, reason ?? '']);
  }

  /** Returns a token when nobody else in the fleet probes; null otherwise. */
  async takeProbe(): Promise<string | null> {
    const token = randomUUID();
    const taken = await this.#redis.set(this.#probeKey, token, 'PX', this.#policy.probeLeaseMs, 'NX');
    return taken === 'OK' ? token : null;
  }

  async releaseProbe(token: string): Promise<void> {
    const ours = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
    await this.#redis.eval(ours, 1, this.#probeKey, token);
  }

  get #probeKey(): string {
    return `${this.#key}:probe`;
  }

  async #run(o: Outcomes, change: readonly string[]): Promise<{ record: CircuitRecord; changed: boolean }> {
    const keys = [this.#key, `${this.#key}:window`];
    const counts = [o.successes, o.failures, o.serverErrors, o.run, this.#policy.windowSeconds];
    const reply = await this.#script.run(this.#redis, keys, [...counts, ...change]);
    const [phase, version, since, reason, now, consecutive, calls, serverErrors, changed] = Array.isArray(reply)
      ? reply.map(String)
      : [];
    const record: CircuitRecord = {
      phase: knownPhase(phase),
      version: Number(version),
      sinceMs: Number(since),
      reason: reason === 'consecutive-failures' || reason === 'server-error-share' ? reason : null,
      nowMs: Number(now),
      consecutive: Number(consecutive),
      calls: Number(calls),
      serverErrors: Number(serverErrors),
    };
    return { record, changed: changed === '1' };
  }
}

function knownPhase(phase: string | undefined): CircuitPhase {
  if (phase === 'closed' || phase === 'open' || phase === 'recovering') return phase;
  throw new Error(`the circuit in Redis has an unknown phase: ${phase}`);
}
