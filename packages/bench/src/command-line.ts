import { parseArgs } from 'node:util';
import type { Scenario } from './scenario.ts';

/** The largest birth of the plants this was made for: about 840,000 properties. */
const plantMetrics = 98_332;

export type Command =
  | { kind: 'help' }
  | { kind: 'refused'; problem: string }
  | { kind: 'run'; scenario: Scenario; runs: number; metrics: number; json: boolean };

export function helpText(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return `pnpm bench <name> [--json] [--runs <n>] [--metrics <n>]

Measures one thing, and where there is a floor or a peer, its ratio to that, measured in turns in the same run. Servers are started for it.

${scenarios.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  --json         the last line of the output is one JSON object
  --runs <n>     how often each thing is measured, medians are reported (default 5)
  --metrics <n>  metrics of the birth (default ${plantMetrics})
`;
}

export function parseCommand(args: string[], scenarios: readonly Scenario[]): Command {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        json: { type: 'boolean', default: false },
        runs: { type: 'string', default: '5' },
        metrics: { type: 'string', default: String(plantMetrics) },
      },
    });
  } catch (error) {
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  const [name, ...more] = positionals;
  if (values.help || name === undefined) return { kind: 'help' };
  if (more.length > 0) return { kind: 'refused', problem: `One bench at a time, not also ${more.join(', ')}.` };
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) return { kind: 'refused', problem: `There is no bench called ${name}.` };
  const [runs, metrics] = [Number(values.runs), Number(values.metrics)];
  if (!Number.isInteger(runs) || runs < 1) return { kind: 'refused', problem: '--runs is a number from 1.' };
  if (!Number.isInteger(metrics) || metrics < 1) return { kind: 'refused', problem: '--metrics is a number from 1.' };
  return { kind: 'run', scenario, runs, metrics, json: values.json };
}
