import type { Figures } from '../monitor/figures.ts';
import { cut, fit } from './fit.ts';
import { clock, count, counted } from './numbers.ts';

/** All that the panel shows. */
export interface PanelState {
  /** Which act it is; empty before the first. */
  act: string;
  /** What is under way, in a sentence without its full stop. */
  now: string;
  elapsedMs: number;
  /** Null until everything runs. */
  figures: Figures | null;
  /** Counts up with each drawing. */
  frame: number;
}

/** How the parts of the panel look: `styleText` on a terminal, nothing in a test. */
export type Paint = (style: 'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'red', text: string) => string;

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const labelWidth = 15;
const widest = 100;

/** The lines of the panel, none longer than `columns`. */
export function renderPanel(state: PanelState, columns: number, paint: Paint): string[] {
  const width = Math.min(columns, widest);
  const turn = spinner[state.frame % spinner.length] ?? '';
  return [
    paint('dim', rule(state, width)),
    paint('cyan', turn) + paint('bold', cut(` ${state.now}`, width - 1)),
    ...(state.figures === null ? [] : figureLines(state.figures, width, paint)),
  ];
}

function rule({ act, elapsedMs }: PanelState, width: number): string {
  const right = fit([clock(elapsedMs), ...(act === '' ? [] : [act])], Math.max(0, width - 4));
  return `${'─'.repeat(Math.max(0, width - right.length - 4))} ${right} ──`.slice(0, width);
}

function figureLines({ births, store, canary, parity }: Figures, width: number, paint: Paint): string[] {
  const row = (label: string, parts: readonly string[]): string => {
    const name = `  ${label}`.padEnd(labelWidth);
    return paint('dim', cut(name, width)) + fit(parts, Math.max(0, width - labelWidth));
  };
  const trouble = [
    ...(canary.serverErrors > 0 ? [`${count(canary.serverErrors)} failed`] : []),
    ...(canary.status429 > 0 ? [`${count(canary.status429)} over the limit`] : []),
    ...(canary.points > 0 ? [`${counted(canary.points, 'point')} in time series`] : []),
  ];
  return [
    row('Edge', [counted(births, 'birth')]),
    row('PostgreSQL', [
      counted(store.metrics, 'metric'),
      counted(store.properties, 'property', 'properties'),
      counted(store.versions, 'version'),
    ]),
    row('On the way', [
      `${count(store.pending)} pending${due(store.firstDueSeconds)}`,
      `${count(store.inFlight)} in flight`,
      ...(store.dead > 0 ? [`${count(store.dead)} failed`] : []),
    ]),
    row('Canary', [
      counted(canary.requests, 'request'),
      ...trouble,
      `${count(canary.requestsPerSecond)}/s now`,
      `${count(canary.maxRequestsPerSecond)}/s at most, of ${count(canary.cap)}`,
    ]),
    parityLine(parity, width, paint),
  ];
}

/** The debounce, counted down. */
function due(seconds: number | null): string {
  return seconds === null || seconds <= 0 ? '' : `, due in ${Math.ceil(seconds)} s`;
}

function parityLine(parity: Figures['parity'], width: number, paint: Paint): string {
  const label = paint('dim', cut('  Parity'.padEnd(labelWidth), width));
  if (parity === null || parity.total === 0) return label;
  const { matched, total } = parity;
  const text = cut(`${count(matched)} of ${counted(total, 'metric')} the same`, Math.max(0, width - labelWidth));
  const room = Math.min(40, width - labelWidth - text.length - 2);
  if (room < 5) return label + text;
  const done = Math.floor((room * matched) / total);
  const bar = paint(matched === total ? 'green' : 'yellow', '█'.repeat(done)) + paint('dim', '░'.repeat(room - done));
  return `${label}${bar}  ${text}`;
}
