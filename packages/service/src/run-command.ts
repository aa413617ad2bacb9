import { existsSync } from 'node:fs';
import { ConfigurationError } from './config/load-config.ts';
import { describeError } from './describe-error.ts';
import { exitCode } from './exit-code.ts';

/**
 * Runs what a command line asks for, with the settings of the `.env` file if there is one. A command of kind `help` shows how it is used,
 * one of kind `wrong` says its `reason` too. Sets the exit status: what `run` returns, or what stands for wrong arguments, wrong
 * configuration or a failure, which is told in a line. Never rejects.
 */
export async function runCommand<C extends { readonly kind: string; readonly reason?: string }>(o: {
  name: string;
  usage: string;
  command: C;
  run: (task: Exclude<C, { readonly kind: 'help' | 'wrong' }>) => Promise<number>;
}): Promise<void> {
  const { name, usage, command } = o;
  if (command.kind === 'help') {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (command.kind === 'wrong') {
    process.stderr.write(`${command.reason}\n\n${usage}\n`);
    process.exitCode = exitCode.wrongArguments;
    return;
  }
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    process.exitCode = await o.run(command as Exclude<C, { readonly kind: 'help' | 'wrong' }>);
  } catch (error) {
    const configuration = error instanceof ConfigurationError;
    process.stderr.write(`${configuration ? error.message : `${name} failed: ${describeError(error).message}`}\n`);
    process.exitCode = configuration ? exitCode.configuration : exitCode.failed;
  }
}
