import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '../../../..');

/** How to call jest with Node.js so that it loads ES modules. */
export function jestCommand(jestArguments: string[]): { command: string; args: string[] } {
  const jest = createRequire(resolve(root, 'package.json')).resolve('jest/bin/jest');
  return {
    command: process.execPath,
    args: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, ...jestArguments],
  };
}
