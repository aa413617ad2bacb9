import { claimRebirth, knownEdgeNodes, type EdgeNode } from '@uns/metadata-store';
import { withDeadline, type Clock, type Logger } from '@uns/service';
import { encodeRebirthRequest, formatTopic } from '@uns/sparkplug';
import type { Sql } from 'postgres';
import type { IngestMetrics } from '../ingest-metrics.ts';
import { Alarm } from './alarm.ts';
import { PublishGuard } from './publish-guard.ts';
import { REBIRTH_REASONS, type RebirthReason } from './rebirth-reasons.ts';
import { RebirthSchedule, type RebirthWish } from './rebirth-schedule.ts';
import { TroubleMemory } from './trouble-memory.ts';
import { WaitingDevices } from './waiting-devices.ts';

export interface RebirthRequesterOptions {
  sql: Sql;
  /** False: nobody is ever asked. */
  enabled: boolean;
  /** Groups that are listened to; `+` for all. */
  groups: readonly string[];
  /** Least time between two requests to one edge node, whoever makes them, in ms. */
  minIntervalMs: number;
  /** Over how long the requests after a connection are spread, in ms. */
  spreadMs: number;
  /** Is there a broker to publish to? */
  isConnected: () => boolean;
  /** Is there room for the births that would come? */
  hasRoom: () => boolean;
  publish: (topic: string, payload: Buffer) => Promise<void>;
  random?: () => number;
  clock: Clock;
  logger: Logger;
  metrics: IngestMetrics;
}

/** What became of a wish. */
type Result = 'sent' | 'covered' | 'not-needed' | 'postponed' | 'failed' | 'off' | 'no-room';

const deadlineMs = 10_000;
const busyPauseMs = 5000;
const failurePauseMs = 15_000;
/** How long a node has, after its own birth, to publish those of its devices, in ms. */
const definitionsPatienceMs = 30_000;

/**
 * Asks edge nodes for rebirths: never a device, never one node more often than allowed, all ingest pods and restarts together, never all
 * at once, and never when there is no room for what would come.
 */
export class RebirthRequester {
  readonly #o: RebirthRequesterOptions;
  readonly #schedule = new RebirthSchedule();
  readonly #troubles: TroubleMemory;
  readonly #waiting = new WaitingDevices();
  readonly #guard = new PublishGuard();
  readonly #alarm: Alarm;
  #sweepSinceMs: number | null = null;

  constructor(o: RebirthRequesterOptions) {
    this.#o = o;
    this.#troubles = new TroubleMemory(o.minIntervalMs);
    this.#alarm = new Alarm(o.clock);
    o.metrics.rebirthsEnabled.set(o.enabled ? 1 : 0);
  }

  /** A subscription has begun: what was born before it is lost, so every known edge node is asked. */
  connected(): void {
    this.#sweepSinceMs = this.#o.clock.monotonic();
    this.#alarm.ring();
  }

  /** The connection is lost; soon after a request that may be the broker's way to refuse it. */
  disconnected(): void {
    if (!this.#guard.lost(this.#o.clock.monotonic())) return;
    this.#o.metrics.rebirthsEnabled.set(0);
    this.#o.logger.error(
      'the broker closes the connection whenever a rebirth is asked for: no requests for an hour. Let this account publish to spBv1.0/+/NCMD/+, or set REBIRTH_REQUESTS=off',
    );
  }

  /** Something is wrong with a birth of `subject`, a device or '' for the node itself. The same again and again is asked for ever less. */
  wish(node: EdgeNode, reason: RebirthReason, subject: string): void {
    if (reason === 'TEMPLATE_UNKNOWN') this.#waiting.add(node, subject);
    const nowMs = this.#o.clock.monotonic();
    this.#plan(node, reason, this.#troubles.delayFor(troubleKey(node, subject, reason), nowMs));
  }

  /** A birth of `subject` left nothing to wish for. */
  settled(node: EdgeNode, subject: string): void {
    this.#waiting.remove(node, subject);
    for (const reason of Object.keys(REBIRTH_REASONS)) this.#troubles.forget(troubleKey(node, subject, reason));
  }

  /** The definitions of a node have come. The births of its devices follow by themselves, or they are asked for. */
  definitionsLearned(node: EdgeNode): void {
    if (!this.#waiting.has(node)) return;
    const key = JSON.stringify([node.group, node.edge, 'DEFINITIONS_LATE']);
    const delayMs = this.#troubles.delayFor(key, this.#o.clock.monotonic());
    this.#plan(node, 'DEFINITIONS_LATE', Math.max(definitionsPatienceMs, delayMs));
  }

  /** Asks whom it is time to ask. Resolves when `stop` is aborted; never rejects. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      if (this.#sweepSinceMs !== null) await this.#sweep(this.#sweepSinceMs, stop);
      await this.#alarm.wait(this.#schedule.nextDueMs, stop);
      if (stop.aborted) return;
      const wish = this.#schedule.takeDue(this.#o.clock.monotonic());
      if (wish === null) continue;
      const result = await this.#grant(wish, stop);
      this.#o.metrics.rebirths.inc({ reason: wish.reason, result });
    }
  }

  #plan(node: EdgeNode, reason: RebirthReason, delayMs: number): void {
    const nowMs = this.#o.clock.monotonic();
    if (!this.#o.enabled) {
      this.#o.metrics.rebirths.inc({ reason, result: 'off' });
      return;
    }
    const { group, edge } = node;
    if (!this.#schedule.add({ node: { group, edge }, reason, dueMs: nowMs + delayMs, sinceMs: nowMs })) {
      this.#o.metrics.rebirths.inc({ reason, result: 'no-room' });
    }
    this.#alarm.ring();
  }

  async #sweep(sinceMs: number, stop: AbortSignal): Promise<void> {
    const { sql, groups, logger, clock, spreadMs, enabled, random = Math.random } = this.#o;
    this.#sweepSinceMs = null;
    if (!enabled) {
      logger.info('rebirth requests are off (REBIRTH_REQUESTS): births published while away are not asked for');
      return;
    }
    try {
      const nodes = await withDeadline(deadlineMs, stop, () => knownEdgeNodes(sql, groups));
      const nowMs = clock.monotonic();
      for (const node of nodes) {
        this.#schedule.add({ node, reason: 'CONNECTED', dueMs: nowMs + random() * spreadMs, sinceMs });
      }
      logger.info({ nodes: nodes.length, spreadMs }, 'asking the known edge nodes for rebirths');
    } catch (error) {
      if (stop.aborted) return;
      logger.warn({ err: error }, 'cannot read the known edge nodes, trying again');
      await this.#alarm.wait(clock.monotonic() + failurePauseMs, stop);
      this.#sweepSinceMs ??= sinceMs;
    }
  }

  async #grant(wish: RebirthWish, stop: AbortSignal): Promise<Result> {
    const { sql, clock, minIntervalMs, logger } = this.#o;
    const nowMs = clock.monotonic();
    const postpone = (dueMs: number): void => void this.#schedule.add({ ...wish, dueMs });
    if (this.#guard.isBlocked(nowMs)) return 'off';
    if (wish.reason === 'DEFINITIONS_LATE' && !this.#waiting.has(wish.node)) return 'not-needed';
    if (!this.#o.isConnected() || !this.#o.hasRoom()) {
      postpone(nowMs + busyPauseMs);
      return 'postponed';
    }
    try {
      const claim = await withDeadline(deadlineMs, stop, () =>
        claimRebirth(sql, { node: wish.node, reason: wish.reason, minIntervalMs }),
      );
      if (claim.kind === 'crowded') return 'no-room';
      if (claim.kind === 'recent') {
        const askedMs = clock.monotonic() - claim.agoMs;
        if (askedMs >= wish.sinceMs) return 'covered';
        postpone(askedMs + minIntervalMs + (this.#o.random ?? Math.random)() * Math.min(busyPauseMs, minIntervalMs));
        return 'postponed';
      }
      await withDeadline(deadlineMs, stop, () => this.#ask(wish.node));
      logger.info({ ...wish.node, reason: wish.reason }, 'rebirth requested');
      return 'sent';
    } catch (error) {
      if (stop.aborted) return 'failed';
      logger.warn({ err: error, ...wish.node, reason: wish.reason }, 'rebirth not requested, trying again');
      postpone(clock.monotonic() + failurePauseMs);
      return 'failed';
    }
  }

  /** tck-id-operational-behavior-data-commands-ncmd-rebirth-verb: to the node, never to a device. */
  async #ask({ group, edge }: EdgeNode): Promise<void> {
    const { publish, clock, metrics } = this.#o;
    this.#guard.published(clock.monotonic());
    await publish(
      formatTopic({ group, messageType: 'NCMD', edge, device: null }),
      encodeRebirthRequest(Math.round(clock.now())),
    );
    metrics.rebirthsEnabled.set(1);
  }
}

const troubleKey = ({ group, edge }: EdgeNode, subject: string, reason: string): string =>
  JSON.stringify([group, edge, subject, reason]);
