import type { SimulatorControl } from '@uns/canary-simulator';
import { JobQueue, writeQueue } from '@uns/delivery';
import { silentLogger, sleep } from '@uns/service';
import { Redis } from 'ioredis';
import type { Sql } from 'postgres';
import type { Finding } from '../oracles/finding.ts';
import { judgeRate, type RedisUse } from '../oracles/limits.ts';
import { judgePosition } from '../oracles/position.ts';
import { VisibleValues } from '../oracles/visible.ts';
import { readPosition } from './read-store.ts';

export interface WatchOptions {
  sql: Sql;
  canary: SimulatorControl;
  redisUrl: string;
  /** Requests allowed in any one second. */
  rate: number;
  onFinding: (finding: Finding) => void;
  signal: AbortSignal;
}

/** Looks at what must hold at every moment, all through the run. */
export class Watch {
  readonly #o: WatchOptions;
  readonly visible = new VisibleValues();
  positions = 0;
  /** The longest time in which the recorded position did not move, in ms, faults and all. */
  longestStandstillMs = 0;
  #recorded: bigint | null = null;
  #advancedMs = performance.now();
  #mostRequests = 0;
  mostRedis: RedisUse = { bytes: 0, writeJobs: 0 };

  constructor(o: WatchOptions) {
    this.#o = o;
  }

  /** Until aborted. Servers are away at times; then there is nothing to see. */
  async run(): Promise<void> {
    const redis = new Redis(this.#o.redisUrl, {
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: 2000,
    });
    redis.on('error', () => undefined);
    const writes = new JobQueue(writeQueue, { redis, prefix: 'uns', logger: silentLogger });
    try {
      await Promise.all([
        this.#every(100, () => this.#lookAtPosition()),
        this.#every(500, () => this.#lookAtCanary()),
        this.#every(250, () => this.#lookAtRedis(redis, writes)),
      ]);
    } finally {
      await writes.close();
      redis.disconnect();
    }
  }

  async #every(ms: number, look: () => Promise<void>): Promise<void> {
    while (!this.#o.signal.aborted) {
      // The server is away: that is part of the game, and the oracles of the end find out if it is for good.
      await look().catch(() => undefined);
      await sleep(ms, this.#o.signal).catch(() => undefined);
    }
  }

  async #lookAtPosition(): Promise<void> {
    const position = await readPosition(this.#o.sql);
    if (position === null) return;
    this.positions += 1;
    this.#noteAdvance(position.recorded);
    const finding = judgePosition(position);
    if (finding !== null) this.#o.onFinding(finding);
  }

  /** Heartbeats move the position on while anybody reads the stream. */
  #noteAdvance(recorded: bigint | null): void {
    const now = performance.now();
    if (recorded !== this.#recorded) {
      this.#recorded = recorded;
      this.#advancedMs = now;
    }
    this.longestStandstillMs = Math.max(this.longestStandstillMs, now - this.#advancedMs);
  }

  async #lookAtCanary(): Promise<void> {
    for (const finding of this.visible.look(await this.#o.canary.allTags())) this.#o.onFinding(finding);
    const { maxRequestsPerSecond } = await this.#o.canary.stats();
    if (maxRequestsPerSecond <= this.#mostRequests) return;
    this.#mostRequests = maxRequestsPerSecond;
    const finding = judgeRate(maxRequestsPerSecond, this.#o.rate);
    if (finding !== null) this.#o.onFinding(finding);
  }

  async #lookAtRedis(redis: Redis, writes: { backlog(): Promise<number> }): Promise<void> {
    const memory = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1];
    const writeJobs = await writes.backlog();
    this.mostRedis = {
      bytes: Math.max(this.mostRedis.bytes, Number(memory ?? 0)),
      writeJobs: Math.max(this.mostRedis.writeJobs, writeJobs),
    };
  }
}
