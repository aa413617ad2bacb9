import { Counter, Gauge, type Registry } from '@uns/service';
import type { CircuitPhase, CircuitState } from './circuit-state.ts';
import type { Verdict } from './local-breaker.ts';

const states = ['closed', 'open', 'half-open', 'recovering'] as const satisfies CircuitState['state'][];
const phases = ['closed', 'open', 'recovering'] as const satisfies CircuitPhase[];
const verdicts = ['success', 'server-error', 'failure', 'neutral'] as const satisfies Verdict[];

/** How Canary's health looks to this pod. */
export class CircuitMetrics {
  readonly calls: Counter<'verdict'>;
  readonly refused: Counter;
  readonly #changes: Counter<'to'>;

  constructor(registry: Registry, current: () => CircuitState['state']) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'uns_canary_circuit_calls_total',
      help: 'Calls by what their answer says about the health of Canary',
      labelNames: ['verdict'],
      registers,
    });
    this.refused = new Counter({
      name: 'uns_canary_circuit_refused_total',
      help: 'Calls not made because the circuit was open',
      registers,
    });
    this.#changes = new Counter({
      name: 'uns_canary_circuit_changes_total',
      help: 'Changes of the circuit of the fleet that this pod has made, by the new phase',
      labelNames: ['to'],
      registers,
    });
    for (const verdict of verdicts) this.calls.inc({ verdict }, 0);
    for (const to of phases) this.#changes.inc({ to }, 0);
    const gauge: Gauge<'state'> = new Gauge({
      name: 'uns_canary_circuit_state',
      help: '1 for the state the circuit of the fleet is in as far as this pod knows, else 0',
      labelNames: ['state'],
      registers: [],
      collect: () => {
        for (const state of states) gauge.set({ state }, current() === state ? 1 : 0);
      },
    });
    registry.registerMetric(gauge);
  }

  changed(to: CircuitPhase): void {
    this.#changes.inc({ to });
  }
}
