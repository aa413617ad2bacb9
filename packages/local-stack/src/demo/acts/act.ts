import type { LocalStack } from '../../stack/local-stack.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Plants } from '../plants.ts';
import type { Screen } from '../screen/screen.ts';

/** What an act plays with. */
export interface Stage {
  stack: LocalStack;
  plants: Plants;
  monitor: Monitor;
  screen: Screen;
  debounceSeconds: number;
  /** The mapping rules that ingest reads when it starts. */
  rulesFile: string;
  signal: AbortSignal;
}

export interface Act {
  title: string;
  /** What is going to happen, for an engineer of a plant. */
  story(stage: Stage): string;
  /** @throws DemoFailure when that does not happen. */
  play(stage: Stage): Promise<void>;
}
