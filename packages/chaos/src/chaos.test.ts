import { describe, expect, it } from '@jest/globals';
import { runChaos } from './run/chaos-run.ts';
import { lineScreen } from './report/screen.ts';

describe('the product among faults', () => {
  it('PROMISE-1 PROMISE-2 PROMISE-3 PROMISE-8 TC-31 keeps its promises through a short run of chaos', async () => {
    const lines: string[] = [];
    const { ok, oracles, findings, faults } = await runChaos({
      seconds: 8,
      seed: 5,
      screen: lineScreen((line) => lines.push(line)),
      signal: AbortSignal.timeout(200_000),
    });
    // What was done and what was found is the message of a failure.
    expect({ broken: oracles.filter((verdict) => !verdict.ok), findings, lines: ok ? [] : lines }).toEqual({
      broken: [],
      findings: [],
      lines: [],
    });
    expect(Object.keys(faults).length).toBeGreaterThan(4);
  }, 240_000);
});
