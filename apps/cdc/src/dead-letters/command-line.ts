import { parseArgs } from 'node:util';
import type { DeadLetterFilter } from '@uns/metadata-store';

export const usage = `dead-letters: what Canary refused for good, and what becomes of it

  dead-letters list     [filters] [--limit 50] [--before <id>]
  dead-letters show     <id>
  dead-letters replay   <id> ... | filters
  dead-letters discard  <id> ... | filters

list      the open ones, the newest first, and how many there are by reason
show      what was sent and answered then, and what the metric is now
replay    has the metrics delivered again as they are now; what was sent then is never sent again
discard   closes them; a metric stays out of delivery until it changes

Filters, which replay and discard take instead of ids:
  --reason <reason>   REJECTED, DATASET_NOT_FOUND, TAG_TOO_LARGE, GUARD_RAIL, JOB_FAILED, RECEIPT_REFUSED
  --device <path>     devices at this path or below it
  --tag <text>        Canary ids with this text in them
  --since <time>      not older than this, e.g. 2026-01-31T08:00:00Z
  --state <state>     open (default), resolved or all; list only
  --limit <n>         at most so many, up to 10000 (list: default 50; else 1000)

--json    one JSON object instead of text

The store is the one that POSTGRES_URL names, with POSTGRES_TLS and POSTGRES_CA_FILE as for cdc.
Exit codes: 0 done, 1 nothing found or failed, 64 wrong arguments, 78 wrong configuration.`;

export type Command = { json: boolean } & (
  | { kind: 'help' }
  | { kind: 'list'; filter: DeadLetterFilter; limit: number; before: string | null }
  | { kind: 'show'; id: string }
  | { kind: 'replay' | 'discard'; choice: { ids: string[] } | { filter: DeadLetterFilter; limit: number } }
  | { kind: 'wrong'; reason: string }
);

const flags = {
  reason: { type: 'string' },
  device: { type: 'string' },
  tag: { type: 'string' },
  since: { type: 'string' },
  state: { type: 'string' },
  limit: { type: 'string' },
  before: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

class WrongArgument extends Error {
  override readonly name = 'WrongArgument';
}

export function parseCommand(args: readonly string[]): Command {
  try {
    return parse(args);
  } catch (error) {
    return { kind: 'wrong', json: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function parse(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: flags });
  const [kind, ...ids] = positionals;
  const { json } = values;
  if (values.help || kind === undefined) return { kind: 'help', json };
  const wrongId = ids.find((id) => !isId(id));
  if (wrongId !== undefined) throw new WrongArgument(`"${wrongId}" is no id`);
  const filter: DeadLetterFilter = {
    reason: values.reason,
    device: values.device?.replace(/\/$/, ''),
    tag: values.tag,
    since: values.since === undefined ? undefined : timeOf(values.since),
  };
  switch (kind) {
    case 'list': {
      if (ids.length > 0) throw new WrongArgument('list takes filters, no ids; show takes one');
      if (values.before !== undefined && !isId(values.before)) throw new WrongArgument('--before takes an id');
      const limit = limitOf(values.limit, 50);
      return { kind, json, filter: { ...filter, state: stateOf(values.state) }, limit, before: values.before ?? null };
    }
    case 'show': {
      const [id, ...more] = ids;
      if (id === undefined || more.length > 0) throw new WrongArgument('show takes one id');
      return { kind, json, id };
    }
    case 'replay':
    case 'discard': {
      if (values.state !== undefined) throw new WrongArgument(`${kind} takes open ones only, no --state`);
      const filtered = Object.values(filter).some((value) => value !== undefined);
      // Everything at once is too easy a slip.
      if (ids.length > 0 === filtered) throw new WrongArgument(`${kind} takes ids or filters`);
      const choice = filtered ? { filter, limit: limitOf(values.limit, 1000) } : { ids };
      return { kind, json, choice };
    }
    default:
      throw new WrongArgument(`there is no command ${kind}`);
  }
}

const isId = (text: string): boolean => /^\d{1,18}$/.test(text);

function limitOf(text: string | undefined, otherwise: number): number {
  const limit = Number(text ?? otherwise);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw new WrongArgument('--limit is a number to 10000');
  return limit;
}

function stateOf(text = 'open'): 'open' | 'resolved' | 'all' {
  if (text === 'open' || text === 'resolved' || text === 'all') return text;
  throw new WrongArgument('--state is open, resolved or all');
}

function timeOf(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new WrongArgument(`"${text}" is no time`);
  return time;
}
