import { readFileSync } from 'node:fs';
import convict from 'convict';
import { errorCode } from '../describe-error.ts';
import type { ConfigOf, Setting, Settings } from './setting.ts';

/** The configuration cannot be used. `problems` names every variable that is wrong, not only the first. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(service: string, problems: readonly string[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super(
      [
        `${service} cannot start: the configuration has ${count}.`,
        ...problems.map((problem) => `  - ${problem}`),
        'Set the variables in the environment, in .env, or in a mounted file; --help lists them all.',
      ].join('\n'),
    );
    this.problems = problems;
  }
}

export interface LoadedConfig<S extends Settings> {
  config: ConfigOf<S>;
  /** Values that must never reach a log. */
  secrets: string[];
}

/**
 * Reads every setting from `env`. A sensitive one may come from a file: `<NAME>_FILE` holds its path.
 *
 * @throws ConfigurationError that lists all problems at once.
 */
export function loadConfig<S extends Settings>(o: {
  service: string;
  settings: S;
  env: Readonly<Record<string, string | undefined>>;
}): LoadedConfig<S> {
  const problems: string[] = [];
  const secrets: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(o.settings)) {
    try {
      const value = readSetting(setting, o.env);
      values[key] = value;
      if (setting.secrets !== undefined) secrets.push(...setting.secrets(value).filter((part) => part.length > 0));
    } catch (error) {
      problems.push(describe(setting, error));
    }
  }
  if (problems.length > 0) throw new ConfigurationError(o.service, problems);
  return { config: values as ConfigOf<S>, secrets };
}

class MissingError extends Error {}

/** One convict instance per variable, so that one wrong variable hides no other. */
function readSetting(setting: Setting<unknown>, env: Readonly<Record<string, string | undefined>>): unknown {
  const raw = env[setting.env];
  const text = raw === undefined || raw === '' ? readFile(setting, env) : raw;
  if (text === undefined && setting.default === undefined) throw new MissingError();
  const format = `${setting.env}: ${setting.accepts}`;
  // convict coerces only texts that come from the environment; a default is taken as it is.
  convict.addFormat({
    name: format,
    validate: () => undefined,
    coerce: (value: unknown) => setting.parse(String(value)),
  });
  const schema: convict.Schema<{ value: unknown }> = {
    value: { doc: setting.doc, format, default: setting.default?.value, env: setting.env },
  };
  const loaded = convict(schema, { env: text === undefined ? {} : { [setting.env]: text }, args: [] });
  loaded.validate({ allowed: 'strict' });
  return loaded.get('value');
}

function readFile(setting: Setting<unknown>, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const path = env[`${setting.env}_FILE`];
  if (!setting.sensitive || path === undefined || path === '') return undefined;
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(
      `cannot be read from the file that ${setting.env}_FILE names (${errorCode(error) ?? 'unreadable'})`,
      { cause: error },
    );
  }
}

function describe(setting: Setting<unknown>, error: unknown): string {
  if (error instanceof MissingError) return `${setting.env} is missing; it must be ${setting.accepts}. ${setting.doc}`;
  const why = error instanceof Error ? error.message : String(error);
  return `${setting.env} ${why}; it must be ${setting.accepts}. ${setting.doc}`;
}
