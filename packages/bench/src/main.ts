import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helpText, parseCommand, type Command } from './command-line.ts';
import { describeMachine } from './report/machine.ts';
import { renderTable } from './report/table.ts';
import { scenarios } from './scenarios.ts';

const exit = { failed: 1, usage: 64 };

async function bench({ scenario, runs, metrics, json, flags }: Extract<Command, { kind: 'run' }>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'uns-bench-'));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped by Ctrl-C')));
  process.once('SIGTERM', () => stop.abort(new Error('stopped by SIGTERM')));
  const startedMs = performance.now();
  const progress = (line: string): void => {
    const seconds = (performance.now() - startedMs) / 1000;
    process.stderr.write(`${seconds.toFixed(1).padStart(6)} s  ${line}\n`);
  };
  try {
    const measured = await scenario.run({ flags, runs, metrics, progress, folder, signal: stop.signal });
    const result = { bench: scenario.name, runs, ...measured, machine: describeMachine() };
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : renderTable(result));
    for (const problem of scenario.broken?.(measured) ?? []) {
      process.stderr.write(`${problem}\n`);
      process.exitCode = exit.failed;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const command = parseCommand(process.argv.slice(2), scenarios);
switch (command.kind) {
  case 'help':
    process.stdout.write(helpText(scenarios));
    break;
  case 'refused':
    process.stderr.write(`${command.problem}\n\n${helpText(scenarios)}`);
    process.exitCode = exit.usage;
    break;
  case 'run':
    try {
      await bench(command);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = exit.failed;
    }
    break;
}
