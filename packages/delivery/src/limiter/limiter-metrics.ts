import { Counter, Gauge, Histogram, type Clock, type Registry } from '@uns/service';
import { RecentRate } from './recent-rate.ts';

const slotResults = ['used', 'unused', 'late', 'revoked'] as const;
type SlotResult = (typeof slotResults)[number];

export interface LimiterState {
  waiting(): number;
  slotsPerSecond(): number;
  clockUncertaintySeconds(): number;
}

/** What became of the slots this pod was given, and how long its requests waited for them. */
export class LimiterMetrics {
  readonly granted: Counter;
  readonly waitSeconds: Histogram;
  readonly redisFailures: Counter;
  readonly pushes: Counter;
  readonly #slots: Counter<'result'>;
  readonly #recent: RecentRate;

  constructor(registry: Registry, clock: Clock, state: LimiterState) {
    const registers = [registry];
    this.#recent = new RecentRate(clock);
    this.granted = new Counter({
      name: 'uns_canary_slots_granted_total',
      help: 'Request slots this pod was given',
      registers,
    });
    this.#slots = new Counter({
      name: 'uns_canary_slots_total',
      help: 'Request slots by end: used; unused (nobody waited) and late (missed by more than 100 ms, or by 250 ms when its request was to leave), both handed back; revoked (after a 429 or a set clock)',
      labelNames: ['result'],
      registers,
    });
    this.waitSeconds = new Histogram({
      name: 'uns_canary_slot_wait_seconds',
      help: 'Time a request waited for its slot',
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60],
      registers,
    });
    this.redisFailures = new Counter({
      name: 'uns_canary_slot_redis_failures_total',
      help: 'Reservations that failed; nothing is sent meanwhile',
      registers,
    });
    this.pushes = new Counter({
      name: 'uns_canary_slot_pushes_total',
      help: 'Times this pod held the whole fleet back after a 429',
      registers,
    });
    for (const result of slotResults) this.#slots.inc({ result }, 0);
    watch(registry, 'uns_canary_slot_waiters', 'Requests that wait for a slot', () => state.waiting());
    watch(registry, 'uns_canary_slots_per_second', 'Slots per second of the whole fleet at present', () =>
      state.slotsPerSecond(),
    );
    watch(
      registry,
      'uns_canary_slots_utilisation_ratio',
      'Part of the slots of the fleet that this pod has used over the last ten seconds; the sum over all pods is that of the fleet',
      () => this.#recent.perSecond() / state.slotsPerSecond(),
    );
    watch(registry, 'uns_canary_slot_clock_uncertainty_seconds', 'How well this pod knows the clock of Redis', () =>
      state.clockUncertaintySeconds(),
    );
  }

  used(): void {
    this.#slots.inc({ result: 'used' });
    this.#recent.add();
  }

  ended(result: Exclude<SlotResult, 'used'>, count: number): void {
    this.#slots.inc({ result }, count);
  }
}

function watch(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) });
  registry.registerMetric(gauge);
}
