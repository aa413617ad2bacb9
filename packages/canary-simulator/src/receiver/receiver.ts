import type { Clock } from '@uns/service';
import type { CanaryThread } from '../canary/canary-thread.ts';
import type { FaultSet } from '../faults/fault.ts';
import { FaultPlan, nothingWrong, type Decision } from '../faults/fault-plan.ts';
import { ArrivalWindow } from './arrival-window.ts';
import type { Door } from './door.ts';
import { RequestLog } from './request-log.ts';
import { Traffic } from './traffic.ts';

/** The receiving side of the simulator: what has arrived, how much may arrive, and what goes wrong with it. */
export class Receiver {
  readonly window = new ArrivalWindow();
  readonly traffic = new Traffic();
  readonly log: RequestLog;
  readonly thread: CanaryThread;
  /** The cap: more requests than this in any one second are refused with 429. */
  requestsPerSecond: number;
  readonly #clock: Clock;
  readonly #door: Door;
  /** Added to the monotonic clock, so that its values look like times since 1970. */
  readonly #anchorMs: number;
  #plan: FaultPlan | undefined;

  constructor(o: { clock: Clock; thread: CanaryThread; door: Door; requestsPerSecond: number; logSize: number }) {
    this.#clock = o.clock;
    this.#door = o.door;
    this.#anchorMs = o.clock.now() - o.clock.monotonic();
    this.thread = o.thread;
    this.log = new RequestLog(o.logSize);
    this.requestsPerSecond = o.requestsPerSecond;
  }

  /** Epoch ms. */
  now(): number {
    return this.#clock.now();
  }

  /** Monotonic µs, in size near those since 1970. */
  micros(): number {
    return Math.round((this.#anchorMs + this.#clock.monotonic()) * 1000);
  }

  get plan(): FaultPlan | undefined {
    return this.#plan;
  }

  get isDown(): boolean {
    return this.#door.isShut;
  }

  /** What goes wrong with a call; nothing with one that is refused anyway. */
  decide(path: string, refused: boolean): Decision {
    if (refused || this.#plan === undefined) return nothingWrong;
    return this.#plan.decide(path, this.#clock.monotonic());
  }

  /** Replaces all faults. Opens the door unless it shall be shut, which `shutDoor` does when the time has come. */
  async setFaults(set: FaultSet | undefined): Promise<void> {
    const plan = set === undefined ? undefined : new FaultPlan(set, this.#clock.monotonic());
    await this.thread.control({ ask: 'poison', rules: plan?.poisonRules ?? [] });
    this.#plan = plan;
    if (plan?.down === undefined) await this.#door.open();
  }

  /** Refuses connections if the faults say so. */
  async shutDoor(): Promise<void> {
    const down = this.#plan?.down;
    if (down !== undefined) await this.#door.shut(down.forMs);
  }

  resetCounts(): void {
    this.window.reset();
    this.traffic.reset();
    this.log.clear();
  }
}
