import { untilStopped } from '@uns/local-stack';
import { exitCode } from '@uns/service';
import { help, readOptions, UsageError } from './options.ts';
import { verdictLines } from './report/print-verdict.ts';
import { lineScreen } from './report/screen.ts';
import { runChaos } from './run/chaos-run.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** @returns the exit code. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help);
    return exitCode.ok;
  }
  const signal = untilStopped();
  try {
    const verdict = await runChaos({ ...options, screen: lineScreen(say), signal });
    for (const line of verdictLines(verdict)) say(line);
    if (options.json) say(JSON.stringify(verdict));
    return verdict.ok ? exitCode.ok : exitCode.failed;
  } catch (error) {
    if (!signal.aborted) throw error;
    say('Stopped before the end.');
    return exitCode.failed;
  }
}

try {
  process.exit(await main());
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(
    usage ? `${error.message}\n\n${help}` : `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(usage ? exitCode.configuration : exitCode.failed);
}
