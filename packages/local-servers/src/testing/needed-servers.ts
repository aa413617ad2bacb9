import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { jestCommand, root } from './jest-command.ts';

export interface NeededServers {
  postgres: boolean;
  redis: boolean;
}

/** What the test files that jest would run need, by their names: `x.pg.test.ts`, `x.redis.test.ts`, `x.pg.redis.test.ts`. */
export async function neededServers(jestArguments: string[]): Promise<NeededServers> {
  // With --json jest would list in another format, and create the output file.
  const selection = jestArguments.filter((argument) => !/^--(json|outputFile)\b/.test(argument));
  const { command, args } = jestCommand([...selection, '--listTests']);
  const { stdout } = await promisify(execFile)(command, args, { cwd: root, maxBuffer: 16 * 1024 * 1024 });
  return neededBy(stdout.split('\n').map((line) => line.trim()));
}

export function neededBy(testFiles: string[]): NeededServers {
  const needs = (server: string): boolean => testFiles.some((file) => basename(file).includes(`.${server}.`));
  return { postgres: needs('pg'), redis: needs('redis') };
}
