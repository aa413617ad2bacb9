import { describe, expect, it } from '@jest/globals';
import { helpText, parseCommand } from './command-line.ts';
import type { Scenario } from './scenario.ts';

const scenario: Scenario = { name: 'decode', summary: 'reads a birth', run: () => Promise.resolve({}) };
const parse = (...args: string[]) => parseCommand(args, [scenario]);

describe('pnpm bench', () => {
  it('runs the scenario named, with the size of the plant and five runs', () => {
    expect(parse('decode')).toEqual({ kind: 'run', scenario, runs: 5, metrics: 98_332, json: false, flags: {} });
    expect(parse('decode', '--json', '--runs', '7', '--metrics=1000')).toEqual({
      kind: 'run',
      scenario,
      runs: 7,
      metrics: 1000,
      json: true,
      flags: {},
    });
  });

  it('runs once what takes minutes, unless told otherwise', () => {
    const long = { ...scenario, name: 'million', defaultRuns: 1 };
    expect(parseCommand(['million'], [scenario, long])).toMatchObject({ runs: 1 });
    expect(parseCommand(['million', '--runs', '3'], [scenario, long])).toMatchObject({ runs: 3 });
  });

  it('knows the flags of the scenario it runs', () => {
    const own = {
      ...scenario,
      name: 'rate',
      flags: { writers: { type: 'string', default: '3', doc: 'processes' } as const },
    };
    expect(parseCommand(['rate', '--writers', '10'], [scenario, own])).toMatchObject({ flags: { writers: '10' } });
    expect(parseCommand(['rate'], [scenario, own])).toMatchObject({ flags: { writers: '3' } });
    expect(parseCommand(['decode', '--writers', '10'], [scenario, own])).toMatchObject({ kind: 'refused' });
    expect(helpText([own])).toMatch(/--writers <n> +processes \(default 3\)/);
  });

  it('tells what there is when nothing is named', () => {
    expect(parse()).toEqual({ kind: 'help' });
    expect(parse('decode', '--help')).toEqual({ kind: 'help' });
    expect(helpText([scenario])).toContain('  decode  reads a birth\n');
  });

  it.each([
    [['cook'], 'There is no bench called cook.'],
    [['decode', 'encode'], 'One bench at a time, not also encode.'],
    [['decode', '--runs', '0'], '--runs is a number from 1.'],
    [['decode', '--metrics', 'many'], '--metrics is a number from 1.'],
    [['decode', '--fast'], expect.stringContaining('--fast')],
  ])('refuses %j', (args, problem) => {
    expect(parse(...args)).toEqual({ kind: 'refused', problem });
  });
});
