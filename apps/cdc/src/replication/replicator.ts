import { readProgress, type Debounce } from '@uns/metadata-store';
import { cappedBackoff, errorCode, sleep, type Clock, type Logger } from '@uns/service';
import type { Sql } from 'postgres';
import type { CdcMetrics } from '../cdc-metrics.ts';
import { assessSlot, type Doubt, type SlotAssessment } from './assess-slot.ts';
import { ChangeStream } from './change-stream.ts';
import { recordChanges, recordReconciled } from './dirty-marker.ts';
import { Heartbeat } from './heartbeat.ts';
import { formatLsn } from './lsn.ts';
import { PendingChanges } from './pending-changes.ts';
import type { ReplicationConnection } from './replication-connection.ts';
import { withSlotLock } from './slot-lock.ts';
import {
  createSlot,
  dropSlot,
  readServerIdentity,
  readSlot,
  slotInUse,
  SlotInUseError,
  type ServerIdentity,
  type Slot,
} from './slot.ts';
import { untilRunningEnded, untilVisible } from './snapshot.ts';

export interface ReplicatorOptions {
  sql: Sql;
  connection: ReplicationConnection;
  slot: string;
  publication: string;
  debounce: Debounce;
  heartbeatEveryMs: number;
  /** Compares everything; resolves when done. */
  reconcile: (signal: AbortSignal, cause: { why: string; inDoubt: Doubt }) => Promise<void>;
  clock: Clock;
  logger: Logger;
  metrics: CdcMetrics;
}

export type ReplicatorState = 'starting' | 'standby' | 'reconciling' | 'streaming' | 'lost';

/**
 * Reads the change stream for as long as it may: the slot is the mutex, so of several processes one streams and the others stand by.
 * Each connection starts with an assessment of the slot, and whatever makes its position doubtful leads to a reconciliation, with the
 * slot in place first so that nothing falls between.
 */
export class Replicator {
  readonly #o: ReplicatorOptions;
  readonly #heartbeat: Heartbeat;
  #state: ReplicatorState = 'starting';
  #sinceMs: number;

  constructor(o: ReplicatorOptions) {
    this.#o = o;
    this.#heartbeat = new Heartbeat(o.sql, o.clock);
    this.#sinceMs = o.clock.monotonic();
  }

  get state(): ReplicatorState {
    return this.#state;
  }

  /** How long the state has lasted, in ms. */
  get stateMs(): number {
    return this.#o.clock.monotonic() - this.#sinceMs;
  }

  /** How long the heartbeat under way takes, in ms. */
  get heartbeatMs(): number {
    return this.#state === 'streaming' ? this.#heartbeat.outstandingMs : 0;
  }

  /**
   * Is it at work, streaming with the heartbeat coming back, or else trying again and again? A restart would bring back no server that
   * is away; what it cures is a stream that is stuck.
   */
  healthy(patienceMs: number): boolean {
    return this.#state !== 'streaming' || this.heartbeatMs < patienceMs;
  }

  /** Resolves when aborted; connects again after every failure. */
  async run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      try {
        await this.#connectAndStream(signal, () => {
          attempt = 0;
        });
      } catch (error) {
        if (signal.aborted) return;
        if (errorCode(error) === slotInUse) {
          this.#enter('standby');
          attempt = 0;
        } else {
          this.#enter('lost');
          this.#o.metrics.streamReconnects.inc();
          this.#o.logger.warn({ err: error, attempt }, 'change stream lost, connecting again');
        }
        const capMs = this.#state === 'standby' ? 2000 : 30_000;
        await sleep(cappedBackoff({ attempt, baseMs: 1000, capMs }), signal).catch(() => undefined);
        attempt += 1;
      }
    }
  }

  async #connectAndStream(signal: AbortSignal, onStreaming: () => void): Promise<void> {
    const { sql, logger } = this.#o;
    const server = await readServerIdentity(sql);
    const slot = await this.#prepareSlot(server, signal);
    const pending = new PendingChanges();
    this.#heartbeat.reset();
    const stream = new ChangeStream({
      connection: this.#o.connection,
      slot: this.#o.slot,
      publication: this.#o.publication,
      confirmed: slot.confirmed,
      pending,
      clock: this.#o.clock,
      logger,
    });
    const ended = new AbortController();
    const both = AbortSignal.any([signal, ended.signal]);
    try {
      await stream.start();
      // The slot is ours from here. What was done to it since it was assessed shows now.
      const { assessment } = await this.#assess(server);
      if (assessment.action !== 'stream') throw new Error(`the slot changed while it was taken: ${assessment.why}`);
      onStreaming();
      this.#enter('streaming');
      logger.info({ slot: this.#o.slot, from: formatLsn(slot.confirmed) }, 'reading the change stream');
      await Promise.race([
        stream.failed,
        this.#recordLoop(stream, pending, server, both),
        this.#every(this.#o.connection.statusEveryMs, both, () => Promise.resolve(stream.tick())),
        this.#every(this.#o.heartbeatEveryMs, both, () => this.#heartbeat.send()),
      ]);
    } finally {
      ended.abort(new Error('the connection of the change stream has ended'));
      await stream.close();
    }
  }

  /** Each batch is in the store before it is acknowledged; while it is written, the next one collects. */
  async #recordLoop(
    stream: ChangeStream,
    pending: PendingChanges,
    server: ServerIdentity,
    signal: AbortSignal,
  ): Promise<void> {
    const { sql, slot, debounce, metrics, logger } = this.#o;
    while (!signal.aborted) {
      const batch = await pending.take(signal);
      await untilVisible(sql, batch.transactions, signal);
      if (batch.truncated) await this.#o.reconcile(signal, { why: 'a table was truncated', inDoubt: 'changes' });
      const marked = await recordChanges(sql, { batch, slot, server, debounce });
      if (batch.commitLsn !== null) stream.recorded(batch.commitLsn);
      if (batch.heartbeat !== null) this.#heartbeat.recorded(batch.heartbeat);
      metrics.metricsMarked.inc(marked);
      metrics.recordedAt.set(this.#o.clock.now() / 1000);
      if (marked > 0) {
        const lsn = batch.commitLsn === null ? null : formatLsn(batch.commitLsn);
        logger.debug({ metrics: marked, lsn }, 'changes recorded');
      }
    }
  }

  async #every(ms: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await act();
      await sleep(ms, signal);
    }
  }

  /** Leaves a slot that holds everything from here on, with everything before accounted for. */
  async #prepareSlot(server: ServerIdentity, signal: AbortSignal): Promise<Slot> {
    const { sql, slot: name } = this.#o;
    const { slot, assessment } = await this.#assess(server);
    if (assessment.action === 'stream' && slot !== null) return slot;
    return withSlotLock(sql, name, signal, (locked) => this.#putRight(server, locked));
  }

  async #assess(server: ServerIdentity): Promise<{ slot: Slot | null; first: boolean; assessment: SlotAssessment }> {
    const { sql, slot: name } = this.#o;
    // In this order: what was confirmed by then is recorded by now.
    const slot = await readSlot(sql, name);
    const progress = await readProgress(sql, name);
    return { slot, first: slot === null && progress === null, assessment: assessSlot(slot, progress, server) };
  }

  /** Holds the lock of the slot. Another process may have put it right before. */
  async #putRight(server: ServerIdentity, signal: AbortSignal): Promise<Slot> {
    const { sql, logger, slot: name } = this.#o;
    const { slot, first, assessment } = await this.#assess(server);
    if (assessment.action === 'stream' && slot !== null) return slot;
    if (slot !== null && slot.activePid !== null) throw new SlotInUseError('another process reads the slot');
    const { action } = assessment;
    const { why, inDoubt } =
      action === 'stream' ? { why: 'the slot vanished', inDoubt: 'changes' as const } : assessment;
    logger[first ? 'info' : 'warn'](
      { slot: name, action, why },
      first
        ? 'first start: comparing everything once'
        : 'the position of the change stream is in doubt: comparing everything',
    );
    this.#o.metrics.slotDoubts.inc({ action });
    if (action === 'recreate') await dropSlot(sql, name);
    if (action === 'recreate' || action === 'create') await createSlot(sql, name);
    const ready = await readSlot(sql, name);
    if (ready === null) throw new Error(`slot ${name} vanished right after it was made ready`);
    this.#enter('reconciling');
    // A commit before the slot's position is not streamed; the comparison has to see it.
    await untilRunningEnded(sql, signal);
    await this.#o.reconcile(signal, { why, inDoubt });
    await recordReconciled(sql, { slot: name, server, confirmed: ready.confirmed });
    return ready;
  }

  #enter(state: ReplicatorState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#sinceMs = this.#o.clock.monotonic();
    this.#o.metrics.setReplicatorState(state);
  }
}
