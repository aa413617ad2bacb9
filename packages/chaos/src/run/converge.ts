import type { SimulatorControl } from '@uns/canary-simulator';
import type { Sql } from 'postgres';
import type { Finding } from '../oracles/finding.ts';
import type { Plant } from '../plant/plant.ts';
import { lookAtEndState, streamHasReached, type EndState } from './end-state.ts';
import { readEndOfLog } from './read-store.ts';
import { TooLateError, until } from './until.ts';

export interface ConvergeOptions {
  sql: Sql;
  canary: SimulatorControl;
  plant: Plant;
  /** Publishes all births again: they are QoS 0. */
  publish: () => Promise<void>;
  withinMs: number;
  signal: AbortSignal;
}

/** With nothing under way, a difference may last as long as this before it counts, in ms. */
const graceMs = 4000;
const birthsAgainMs = 4000;

/**
 * Waits until the plant, the store and Canary agree and nothing is under way. Differences that are there when nothing is under way any
 * more are findings, and so is what has not come about in time.
 */
export async function converge(o: ConvergeOptions): Promise<{ findings: Finding[]; state: EndState | null }> {
  const { signal } = o;
  const started = performance.now();
  const left = (): number => Math.max(0, o.withinMs - (performance.now() - started));
  const seen: { state: EndState | null } = { state: null };
  let published = -Infinity;
  try {
    await until(
      'the store is as the plant is',
      async () => {
        const state = (seen.state = await lookAtEndState(o));
        if (state.plant.length === 0) return state;
        if (performance.now() - published > birthsAgainMs) {
          published = performance.now();
          await o.publish();
        }
        return null;
      },
      { withinMs: left(), signal },
    );
    const written = await until('the end of the log', () => readEndOfLog(o.sql), { withinMs: left(), signal });
    await until('the change stream is recorded', async () => (await streamHasReached(o.sql, written)) || null, {
      withinMs: left(),
      signal,
    });
    let quietSince = Infinity;
    const end = await until(
      'everything is delivered',
      async () => {
        const state = (seen.state = await lookAtEndState(o));
        if (state.underWay !== null) quietSince = Infinity;
        else if (quietSince === Infinity) quietSince = performance.now();
        if (state.underWay !== null) return null;
        return state.parity.length === 0 || performance.now() - quietSince > graceMs ? state : null;
      },
      { withinMs: left(), signal },
    );
    return { findings: [...end.plant, ...end.parity], state: end };
  } catch (error) {
    if (!(error instanceof TooLateError)) throw error;
    return { findings: [late(error, seen.state), ...few(seen.state)], state: seen.state };
  }
}

function late(error: TooLateError, state: EndState | null): Finding {
  const underWay = state?.underWay ?? null;
  return {
    oracle: 'convergence',
    tag: null,
    property: null,
    detail: `${error.message}${underWay === null ? '' : ` (${underWay})`}`,
  };
}

const few = (state: EndState | null): Finding[] => [...(state?.plant ?? []), ...(state?.parity ?? [])].slice(0, 20);
