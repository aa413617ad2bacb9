import { execFile, type ExecFileOptions } from 'node:child_process';
import { promisify, types } from 'node:util';
import { LocalServerError } from '../local-server-error.ts';

const run = promisify(execFile);
const outputLimitBytes = 64 * 1024 * 1024;

/** Runs a program to its end. @throws LocalServerError with what it wrote to stderr, when it does not succeed. */
export async function runTool(command: string, args: string[], options: ExecFileOptions = {}): Promise<void> {
  try {
    await run(command, args, { maxBuffer: outputLimitBytes, ...options });
  } catch (cause) {
    const said = types.isNativeError(cause) && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new LocalServerError(`${command} ${args.join(' ')} failed: ${said}`, { cause });
  }
}
