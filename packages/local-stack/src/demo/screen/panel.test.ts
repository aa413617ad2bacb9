import { describe, expect, it } from '@jest/globals';
import { exampleFigures } from '../testing/example-figures.ts';
import { renderPanel, type PanelState } from './panel.ts';

const plain = (_style: string, text: string): string => text;
const parity = { matched: 3300, total: 4400, current: true, differences: [] };
const state: PanelState = {
  act: 'act 2 of 4',
  now: 'Waiting until the changed tags have been quiet for 5 s',
  elapsedMs: 23_400,
  figures: exampleFigures(parity),
  frame: 2,
};

describe('the panel', () => {
  it('reads like the pipeline', () => {
    expect(renderPanel(state, 80, plain)).toEqual([
      '────────────────────────────────────────────────────────── 00:23 · act 2 of 4 ──',
      '⠹ Waiting until the changed tags have been quiet for 5 s',
      '  Edge         15 births',
      '  PostgreSQL   4,401 metrics · 38,113 properties · 4,530 versions',
      '  On the way   128 pending, due in 4 s · 0 in flight',
      '  Canary       131 requests · 12/s now · 31/s at most, of 500',
      '  Parity       ████████████████████████░░░░░░░░  3,300 of 4,400 metrics the same',
    ]);
  });

  it('says only what is under way until there are figures', () => {
    const starting = { ...state, act: '', now: 'Starting Redis', figures: null };
    expect(renderPanel(starting, 40, plain)).toEqual(['─────────────────────────────── 00:23 ──', '⠹ Starting Redis']);
  });

  it('shows what went wrong before what may be left out', () => {
    const figures = exampleFigures();
    const troubled = {
      ...figures,
      store: { ...figures.store, dead: 2 },
      canary: { ...figures.canary, status429: 3, points: 1, serverErrors: 7 },
    };
    const lines = renderPanel({ ...state, figures: troubled }, 90, plain);
    expect(lines[4]).toBe('  On the way   128 pending, due in 4 s · 0 in flight · 2 failed');
    expect(lines[5]).toBe('  Canary       131 requests · 7 failed · 3 over the limit · 1 point in time series');
  });

  it('fills the bar only when everything is the same', () => {
    const bar = (matched: number): string => {
      const figures = exampleFigures({ ...parity, matched });
      return renderPanel({ ...state, figures }, 80, plain).at(-1) ?? '';
    };
    expect(bar(4399)).toContain('░');
    expect(bar(4400)).not.toContain('░');
    expect(bar(0)).not.toContain('█');
  });

  it.each([1, 2, 10, 16, 25, 40, 60, 80, 200])('is never wider than %d columns', (columns) => {
    for (const figures of [exampleFigures(parity), exampleFigures(), null]) {
      const widest = Math.max(...renderPanel({ ...state, figures }, columns, plain).map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(columns);
    }
  });
});
