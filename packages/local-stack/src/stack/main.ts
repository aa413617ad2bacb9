import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCode } from '@uns/service';
import { consoleLog } from './console-log.ts';
import { LocalStack } from './local-stack.ts';
import { parseFlags, readStackOptions, stackFlags, stackFlagsHelp, UsageError } from './stack-options.ts';
import { aborted, untilStopped } from './until-stopped.ts';

const help = `pnpm stack: the servers and the apps on this machine, without traffic, until Ctrl-C.
An app that dies is started again. Where everything listens is in .stack/endpoints.json.

${stackFlagsHelp}`;
const folder = fileURLToPath(new URL('../../../../.stack', import.meta.url));

async function main(): Promise<void> {
  const flags = parseFlags(stackFlags, process.argv.slice(2));
  if (flags['help'] === true) {
    process.stdout.write(help);
    return;
  }
  const options = readStackOptions(flags, { debounceSeconds: 180 });
  const stop = untilStopped();
  const stack = await LocalStack.start({ options, folder, log: consoleLog() });
  try {
    await stack.ready(stop);
    const { mqttUrl, canaryUrl, boardUrl } = stack.endpoints;
    process.stdout.write(
      [
        '',
        'Ready. Publish Sparkplug births to the broker; their properties arrive in the simulator.',
        `  broker      ${mqttUrl}`,
        `  simulator   ${canaryUrl}/sim/stats`,
        `  queues      ${boardUrl} (${stack.board.user} / ${stack.board.password})`,
        `  all of it   ${relative(process.cwd(), folder)}/endpoints.json`,
        'Ctrl-C stops it all.',
        '',
      ].join('\n'),
    );
    await aborted(stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    await stack.stop();
  }
}

try {
  await main();
  process.exit(exitCode.ok);
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? `${error.message}\n\n${help}` : String(error)}\n`);
  process.exit(error instanceof UsageError ? exitCode.configuration : exitCode.failed);
}
