import { parseArgs } from 'node:util';
import type { Flag, Scenario } from './scenario.ts';

/** The largest birth of the plants this was made for: about 840,000 properties. */
const plantMetrics = 98_332;

const defaultRuns = 5;

export type Command =
  | { kind: 'help' }
  | { kind: 'refused'; problem: string }
  | { kind: 'run'; scenario: Scenario; runs: number; metrics: number; json: boolean; flags: Flags };

type Flags = Readonly<Record<string, string | boolean | undefined>>;

const common = {
  help: { type: 'boolean', short: 'h', default: false },
  json: { type: 'boolean', default: false },
  runs: { type: 'string' },
  metrics: { type: 'string', default: String(plantMetrics) },
} as const;

export function helpText(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return `pnpm bench <name> [--json] [--runs <n>] [--metrics <n>]

Measures one thing, and where there is a floor or a peer, its ratio to that, measured in turns in the same run. Servers are started for it.

${scenarios.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  --json         the last line of the output is one JSON object
  --runs <n>     how often each thing is measured, medians are reported (default 5; of million and pipeline 1)
  --metrics <n>  metrics of the birth (default ${plantMetrics})
${scenarios.map(flagsText).join('')}`;
}

function flagsText({ name, flags = {} }: Scenario): string {
  const lines = Object.entries(flags).map(([flag, { type, default: value, doc }]) => {
    const usage = type === 'string' ? `--${flag} <n>` : `--${flag}`;
    return `  ${usage.padEnd(24)}  ${doc}${value === undefined || value === false ? '' : ` (default ${value})`}\n`;
  });
  return lines.length === 0 ? '' : `\nOf ${name} only:\n${lines.join('')}`;
}

export function parseCommand(args: string[], scenarios: readonly Scenario[]): Command {
  const named = args.find((argument) => scenarios.some(({ name }) => name === argument));
  const own = scenarios.find(({ name }) => name === named)?.flags ?? {};
  let parsed;
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: { ...common, ...parserOptions(own) } });
  } catch (error) {
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };
  }
  const { positionals } = parsed;
  const values: Flags = parsed.values;
  const [name, ...more] = positionals;
  if (values['help'] === true || name === undefined) return { kind: 'help' };
  if (more.length > 0) return { kind: 'refused', problem: `One bench at a time, not also ${more.join(', ')}.` };
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) return { kind: 'refused', problem: `There is no bench called ${name}.` };
  const runs = Number(values['runs'] ?? scenario.defaultRuns ?? defaultRuns);
  const metrics = Number(values['metrics']);
  if (!Number.isInteger(runs) || runs < 1) return { kind: 'refused', problem: '--runs is a number from 1.' };
  if (!Number.isInteger(metrics) || metrics < 1) return { kind: 'refused', problem: '--metrics is a number from 1.' };
  const flags = Object.fromEntries(Object.keys(own).map((flag) => [flag, values[flag]]));
  return { kind: 'run', scenario, runs, metrics, json: values['json'] === true, flags };
}

const parserOptions = (flags: Readonly<Record<string, Flag>>) =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { type, default: value }]) => [
      name,
      value === undefined ? { type } : { type, default: value },
    ]),
  );
