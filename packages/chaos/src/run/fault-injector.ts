import type { SimulatorControl } from '@uns/canary-simulator';
import type { LocalStack } from '@uns/local-stack';
import { errorCode, sleep } from '@uns/service';
import { Redis } from 'ioredis';
import { faultName, type Fault, type FaultStep } from '../schedule/step.ts';
import { canaryFaults } from './canary-faults.ts';
import { slotName } from './read-store.ts';
import { until } from './until.ts';

export interface FaultOptions {
  stack: LocalStack;
  canary: SimulatorControl;
  /** Seeds the draws of the simulator. */
  seed: number;
  signal: AbortSignal;
}

/** Does what the schedule says to the servers and the apps. Faults of a lane wait for one another. */
export class FaultInjector {
  readonly #o: FaultOptions;
  readonly #lanes = new Map<Fault['lane'], Promise<void>>();
  /** Faults that have struck, by name. */
  readonly struck = new Map<string, number>();
  #failure: unknown = null;

  constructor(o: FaultOptions) {
    this.#o = o;
  }

  /** Returns at once. `onStrike` is told when it happens, and what it struck. */
  begin(step: FaultStep, onStrike: (text: string) => void): void {
    const before = this.#lanes.get(step.lane) ?? Promise.resolve();
    this.#lanes.set(
      step.lane,
      before
        .then(() => this.#strike(step, onStrike))
        .catch((error: unknown) => {
          if (!this.#o.signal.aborted) this.#failure ??= error;
        }),
    );
  }

  /** Resolves when every fault is over and everything is up again. */
  async finish(): Promise<void> {
    await Promise.all(this.#lanes.values());
    if (this.#failure !== null) throw this.#failure;
    if (!this.#o.stack.postgres.running) await this.#o.stack.postgres.restart('immediate');
  }

  async #strike(step: FaultStep, onStrike: (text: string) => void): Promise<void> {
    if (this.#o.signal.aborted) return;
    const struck = await this.#inject(step, onStrike);
    if (!struck) onStrike('there was nothing to strike');
    else this.struck.set(faultName(step), (this.struck.get(faultName(step)) ?? 0) + 1);
  }

  /** @returns false when there was nothing to strike. */
  #inject(step: FaultStep, onStrike: (text: string) => void): Promise<boolean> {
    switch (step.lane) {
      case 'apps':
        return this.#strikeApp(step, onStrike);
      case 'postgres':
        return this.#strikePostgres(step.fault, onStrike);
      case 'redis':
        return this.#strikeRedis(step, onStrike);
      case 'mqtt':
        onStrike('every connection to the broker is cut');
        this.#o.stack.broker?.disconnectAll();
        return Promise.resolve(true);
      case 'canary':
        return this.#strikeCanary(step, onStrike);
    }
  }

  async #strikeApp(step: FaultStep & { lane: 'apps' }, onStrike: (text: string) => void): Promise<boolean> {
    const pid = this.#o.stack.pidOf(step.app, step.index);
    if (pid === null) return false;
    if (step.fault === 'kill') {
      onStrike(`SIGKILL to pid ${pid}`);
      return signalTo(pid, 'SIGKILL');
    }
    onStrike(`SIGSTOP to pid ${pid} for ${step.forMs} ms`);
    if (!signalTo(pid, 'SIGSTOP')) return false;
    try {
      await sleep(step.forMs, this.#o.signal);
    } finally {
      // The lane has kept it from being killed and its pid from being somebody else's.
      signalTo(pid, 'SIGCONT');
    }
    return true;
  }

  async #strikePostgres(
    fault: (Fault & { lane: 'postgres' })['fault'],
    onStrike: (text: string) => void,
  ): Promise<boolean> {
    const { postgres, sql } = this.#o.stack;
    switch (fault) {
      case 'crash':
        onStrike('immediate shutdown and restart');
        await postgres.restart('immediate');
        return true;
      case 'kill':
        onStrike(`SIGKILL to the postmaster, pid ${postgres.pid}, and restart`);
        await postgres.kill();
        await postgres.restart('immediate');
        return true;
      case 'cut apps': {
        onStrike('every session of an app is ended');
        const ended = await this.#ask(
          () =>
            sql`select pg_terminate_backend(pid) from pg_stat_activity where usename in ('uns_meta_app', 'uns_meta_cdc')`,
        );
        return ended.length > 0;
      }
      case 'cut stream': {
        onStrike('the change stream is cut');
        const ended = await this.#ask(
          () => sql`
            select pg_terminate_backend(active_pid) from pg_replication_slots
            where slot_name = ${slotName} and active_pid is not null`,
        );
        return ended.length > 0;
      }
      case 'drop slot':
        onStrike('the slot is dropped');
        return this.#ask(() => this.#dropSlot());
    }
  }

  /** The fault before this one may have taken the connection with it. */
  #ask<T>(question: () => Promise<T>): Promise<T> {
    return until('a fault of PostgreSQL', question, { withinMs: 10_000, signal: this.#o.signal });
  }

  /** Who reads it comes back at once: it has to be caught between two readers. */
  async #dropSlot(): Promise<boolean> {
    const { sql } = this.#o.stack;
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const slots = await sql<{ pid: number | null }[]>`
        select active_pid as pid from pg_replication_slots where slot_name = ${slotName}`;
      if (slots.length === 0) return false;
      const pid = slots[0]?.pid ?? null;
      if (pid !== null) await sql`select pg_terminate_backend(${pid})`;
      try {
        await sql`select pg_drop_replication_slot(${slotName})`;
        return true;
      } catch (error) {
        if (errorCode(error) !== '55006') throw error;
      }
      await sleep(20, this.#o.signal);
    }
    return false;
  }

  async #strikeRedis(step: FaultStep & { lane: 'redis' }, onStrike: (text: string) => void): Promise<boolean> {
    const { redis } = this.#o.stack;
    switch (step.fault) {
      case 'crash':
        onStrike('SIGKILL, and restart with what it had written down');
        await redis.kill();
        await redis.restart({ keepData: true });
        return true;
      case 'restart with data':
        onStrike('restart with its data');
        await redis.restart({ keepData: true });
        return true;
      case 'restart empty':
        onStrike('restart without its data');
        await redis.restart({ keepData: false });
        return true;
      case 'down':
        onStrike(`SIGKILL, and away for ${step.forMs} ms`);
        await redis.kill();
        try {
          await sleep(step.forMs, this.#o.signal);
        } finally {
          await redis.restart({ keepData: true });
        }
        return true;
      case 'flush all':
        onStrike('FLUSHALL');
        await command(redis.url, (connection) => connection.flushall());
        return true;
      case 'cut clients':
        onStrike('every connection is cut');
        await command(redis.url, (connection) => connection.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));
        return true;
    }
  }

  async #strikeCanary(step: FaultStep & { lane: 'canary' }, onStrike: (text: string) => void): Promise<boolean> {
    const { canary, seed } = this.#o;
    onStrike(`for ${step.forMs} ms`);
    await canary.setFaults(canaryFaults[step.fault], seed);
    try {
      await sleep(step.forMs, this.#o.signal);
    } finally {
      await canary.clearFaults();
    }
    return true;
  }
}

/** @returns false when there is no such process any more. */
function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

async function command(url: string, act: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 3, commandTimeout: 5000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await act(redis);
  } finally {
    redis.disconnect();
  }
}
