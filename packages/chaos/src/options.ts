import { parseArgs } from 'node:util';

export interface Options {
  seconds: number;
  seed: number;
  json: boolean;
  help: boolean;
}

/** The command line cannot be understood; the message says what to write. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const help = `pnpm chaos: the whole product on this machine, work for it, and faults in everything it needs; then a verdict.
The same seed and length give the same work and the same faults at the same times.

  --seconds <n>   how long there are faults (60); start and verdict take half a minute more
  --seed <n>      which schedule (1)
  --json          a last line of JSON with everything: verdict, counts, findings, schedule
  --help          this text

Ends with 0 when every promise held, and with 1 when one was broken or the run could not be made.
`;

/** @throws UsageError that names every flag that is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const values = parse(argv[0] === '--' ? argv.slice(1) : [...argv]);
  const problems: string[] = [];
  const number = (flag: 'seconds' | 'seed', fallback: number, min: number, max: number): number => {
    const text = values[flag];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    problems.push(`--${flag} is "${text}"; it must be a whole number from ${min} to ${max}`);
    return fallback;
  };
  const options = {
    seconds: number('seconds', 60, 1, 86_400),
    seed: number('seed', 1, 0, 2 ** 31 - 1),
    json: values.json === true,
    help: values.help === true,
  };
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return options;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        seconds: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: false,
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
