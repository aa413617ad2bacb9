import { fileURLToPath } from 'node:url';
import { exitCode } from '@uns/service';
import { parseFlags, readStackOptions, stackFlags, stackFlagsHelp, UsageError } from '../stack/stack-options.ts';
import { untilStopped } from '../stack/until-stopped.ts';
import { runDemo } from './demo.ts';
import { messageOf } from './monitor/wait-until.ts';
import { openScreen } from './screen/open-screen.ts';

const help = `pnpm demo: births of two countries travel through PostgreSQL to Canary, before your eyes, on this machine.
Stays up with its URLs until Ctrl-C.

  --once                    end after the last act; the last line is one JSON object with what was measured
${stackFlagsHelp}`;
const folder = fileURLToPath(new URL('../../../../.stack', import.meta.url));
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** @returns the exit code. */
async function main(): Promise<number> {
  const flags = parseFlags({ ...stackFlags, once: { type: 'boolean' } }, process.argv.slice(2));
  if (flags['help'] === true) {
    process.stdout.write(help);
    return exitCode.ok;
  }
  const options = readStackOptions(flags, { debounceSeconds: 5 });
  const once = flags['once'] === true;
  const signal = untilStopped();
  const screen = openScreen(process.stdout);
  try {
    const { summary, problems } = await runDemo({ options, once, folder, screen, signal });
    screen.close();
    if (!once && problems.length === 0) process.stdout.write('Everything is stopped.\n');
    for (const problem of problems) complain(problem);
    if (once) process.stdout.write(`${JSON.stringify(summary)}\n`);
    return problems.length === 0 ? exitCode.ok : exitCode.failed;
  } catch (error) {
    screen.close();
    if (signal.aborted) complain('Stopped before the end.');
    else complain(messageOf(error));
    return signal.aborted && !once ? exitCode.ok : exitCode.failed;
  }
}

try {
  process.exit(await main());
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  complain(`${error.message}\n\n${help}`);
  process.exit(exitCode.configuration);
}
