import { countDeadLetters, retireDeadLetters } from '@uns/metadata-store';
import { Counter, Gauge, sleep, type Logger, type Registry } from '@uns/service';
import type { Sql } from 'postgres';

export interface DeadLetterKeeperOptions {
  sql: Sql;
  /** How long a resolved dead letter is kept, days. */
  keepDays: number;
  everyMs: number;
  registry: Registry;
  logger: Logger;
  /** Rows of one statement. Default 1000. */
  limit?: number;
}

/** Reasons that are shown as 0 before the first of them: an alert watches the increase. */
const reasons = ['REJECTED', 'DATASET_NOT_FOUND', 'TAG_TOO_LARGE', 'GUARD_RAIL', 'JOB_FAILED', 'RECEIPT_REFUSED'];

/** Counts the open dead letters, closes those that are pointless by now, and removes old ones that are resolved. */
export class DeadLetterKeeper {
  readonly #o: DeadLetterKeeperOptions;
  readonly #open: Gauge<'reason'>;
  readonly #retired: Counter<'how'>;

  constructor(o: DeadLetterKeeperOptions) {
    this.#o = o;
    const registers = [o.registry];
    this.#open = new Gauge({
      name: 'uns_dead_letters_open',
      help: 'Deliveries that were given up and that nobody has looked after yet, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.#retired = new Counter({
      name: 'uns_dead_letters_retired_total',
      help: 'Dead letters closed because their metric was delivered since (superseded), and old resolved ones removed',
      labelNames: ['how'],
      registers,
    });
    for (const how of ['superseded', 'removed']) this.#retired.inc({ how }, 0);
  }

  /** One round: at most ten statements of each kind, the rest is for the next. */
  async tidy(): Promise<void> {
    const { sql, keepDays, limit = 1000 } = this.#o;
    for (let round = 0; round < 10; round += 1) {
      const { superseded, removed } = await retireDeadLetters(sql, { keepDays, limit });
      this.#retired.inc({ how: 'superseded' }, superseded);
      this.#retired.inc({ how: 'removed' }, removed);
      if (superseded < limit && removed < limit) break;
    }
    const open = await countDeadLetters(sql, {});
    this.#open.reset();
    for (const reason of new Set([...reasons, ...open.keys()])) this.#open.set({ reason }, open.get(reason) ?? 0);
  }

  /** Until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.tidy();
      } catch (error) {
        this.#o.logger.warn({ err: error }, 'dead letters not looked after');
      }
      await sleep(this.#o.everyMs, signal).catch(() => undefined);
    }
  }
}
