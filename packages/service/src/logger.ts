import { describeError } from './describe-error.ts';
import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Fields that hold credentials wherever they turn up. */
const secretFields = ['password', 'apiToken', 'sessionToken', 'authorization', 'token', 'secret'];
const redactedPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

export interface LoggerOptions {
  name: string;
  level?: string;
  /** Values that are struck out of every line, whatever field or message they are in. */
  secrets?: readonly string[];
  destination?: DestinationStream;
}

/** JSON lines with ISO time. Known credential fields and the given secret values never reach the output. */
export function createLogger(o: LoggerOptions): Logger {
  // A secret appears in a line in its JSON form (quotes and backslashes escaped). Longest first, so that no part of one stays.
  const needles = [...new Set((o.secrets ?? []).flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))]
    .filter((secret) => secret.length > 0)
    .toSorted((a, b) => b.length - a.length);
  const options = {
    name: o.name,
    level: o.level ?? 'info',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: redactedPaths, censor: '[redacted]' },
    hooks: {
      streamWrite: (line: string) => needles.reduce((text, needle) => text.replaceAll(needle, '[redacted]'), line),
    },
  };
  return o.destination === undefined ? pino(options) : pino(options, o.destination);
}

/** Drops everything; for tests. */
export const silentLogger: Logger = pino({ level: 'silent' });
