import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { PostgresVersion } from '@uns/local-servers';

export interface StackOptions {
  debounceSeconds: number;
  writers: number;
  cdcs: number;
  /** Requests per second that Canary takes. */
  rate: number;
  postgres: PostgresVersion;
  /** URL of a broker that is there already, or null for one of our own. */
  brokerUrl: string | null;
  /** Use what the last run left in `.stack/`, and leave it there again. */
  keep: boolean;
}

/** The command line cannot be understood; the message says what to write. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const stackFlags = {
  debounce: { type: 'string' },
  writers: { type: 'string' },
  cdc: { type: 'string' },
  rate: { type: 'string' },
  postgres: { type: 'string' },
  broker: { type: 'string' },
  keep: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export const stackFlagsHelp = `  --debounce <seconds>      how long a metric must be quiet before it is delivered
  --writers <n>             canary-writer processes (1)
  --cdc <n>                 cdc processes (1)
  --rate <requests/s>       what Canary takes in any one second (500)
  --postgres 16|18          version of PostgreSQL (16)
  --broker embedded|<url>   an MQTT broker of our own, or one that is there already (embedded)
  --keep                    use the data of the last run, and keep it again
  --help                    this text
`;

type Flags = Record<string, string | boolean | undefined>;

/** @throws UsageError that names every flag that is wrong. */
export function readStackOptions(values: Flags, defaults: { debounceSeconds: number }): StackOptions {
  const problems: string[] = [];
  const number = (flag: string, fallback: number, min: number, max: number, whole = true): number => {
    const text = values[flag];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (
      typeof text === 'string' &&
      /^\d+(\.\d+)?$/.test(text) &&
      value >= min &&
      value <= max &&
      (!whole || Number.isInteger(value))
    ) {
      return value;
    }
    problems.push(`--${flag} is "${text}"; it must be a ${whole ? 'whole number' : 'number'} from ${min} to ${max}`);
    return fallback;
  };
  const postgres = values['postgres'] ?? '16';
  if (postgres !== '16' && postgres !== '18') problems.push(`--postgres is "${postgres}"; it must be 16 or 18`);
  const broker = values['broker'] ?? 'embedded';
  const brokerUrl = broker === 'embedded' ? null : String(broker);
  if (brokerUrl !== null && !(URL.canParse(brokerUrl) && /^mqtts?:$/.test(new URL(brokerUrl).protocol))) {
    problems.push(`--broker is "${broker}"; it must be \`embedded\` or a URL that starts with mqtt:// or mqtts://`);
  }
  const options: StackOptions = {
    debounceSeconds: number('debounce', defaults.debounceSeconds, 0, 3600, false),
    writers: number('writers', 1, 1, 20),
    cdcs: number('cdc', 1, 1, 10),
    rate: number('rate', 500, 10, 100_000),
    postgres: postgres === '18' ? 18 : 16,
    brokerUrl,
    keep: values['keep'] === true,
  };
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return options;
}

/** @throws UsageError for flags that do not exist. */
export function parseFlags(flags: NonNullable<ParseArgsConfig['options']>, argv: readonly string[]): Flags {
  try {
    const args = argv[0] === '--' ? argv.slice(1) : [...argv];
    return parseArgs({ args, options: { ...flags }, allowPositionals: false }).values as Flags;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
