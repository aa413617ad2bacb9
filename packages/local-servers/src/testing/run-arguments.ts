import type { PostgresVersion } from '../postgres/binaries.ts';

export interface RunArguments {
  postgresVersion: PostgresVersion;
  jestArguments: string[];
}

/** Everything but `--postgres <version>` and a bare `--` is for jest: paths, `-t`, `--watch` and so on. */
export function parseArguments(argv: string[], env: NodeJS.ProcessEnv): RunArguments {
  let version = env['UNS_TEST_POSTGRES'] || '16';
  const jestArguments: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    if (argument === '--postgres') version = argv[++i] ?? '';
    else if (argument.startsWith('--postgres=')) version = argument.slice('--postgres='.length);
    else if (argument !== '--') jestArguments.push(argument);
  }
  if (version !== '16' && version !== '18') {
    throw new Error(`--postgres (or UNS_TEST_POSTGRES) is "${version}"; it must be 16 or 18.`);
  }
  return { postgresVersion: version === '16' ? 16 : 18, jestArguments };
}
