import type { Lsn } from './lsn.ts';

/** What cdc wants to know of a pgoutput message (protocol version 1). */
export type Change =
  /** `transaction` is the low half of its id. */
  | { kind: 'begin'; transaction: number }
  | { kind: 'commit'; commitLsn: Lsn }
  | { kind: 'relation'; relation: number; table: string; metricIdColumn: number }
  /** More than one id only when a row was moved from one metric to another. */
  | { kind: 'row'; metricIds: readonly number[] }
  | { kind: 'truncate' }
  | { kind: 'message'; prefix: string; content: string }
  /** What could not be read; whoever reads the stream ends it. */
  | { kind: 'unreadable'; error: unknown }
  | { kind: 'other' };

/** The stream is not what the publication should send; reading on would lose changes. */
export class UnexpectedStreamError extends Error {
  override readonly name = 'UnexpectedStreamError';
}

const code = (letter: string): number => letter.charCodeAt(0);
const [begin, commit, relation, insert, update, remove, truncate, message] = [
  'B',
  'C',
  'R',
  'I',
  'U',
  'D',
  'T',
  'M',
].map(code);

/**
 * Reads one message. Source: PostgreSQL documentation, "Logical Replication Message Formats".
 *
 * @throws UnexpectedStreamError for a row of a relation that was not announced, or without a metric id.
 */
export function parseChange(buffer: Buffer, metricIdColumns: ReadonlyMap<number, number>): Change {
  switch (buffer[0]) {
    case begin:
      // Before it: the position of its commit, and the time.
      return { kind: 'begin', transaction: buffer.readUInt32BE(17) };
    case commit:
      // Byte 1 holds flags. Then the commit's own LSN; its end, eight bytes on, is not for acknowledging.
      return { kind: 'commit', commitLsn: buffer.readBigUInt64BE(2) };
    case relation:
      return parseRelation(buffer);
    case insert:
      return parseRow(buffer, metricIdColumns);
    case update:
      return parseRow(buffer, metricIdColumns);
    case remove:
      return parseRow(buffer, metricIdColumns);
    case truncate:
      return { kind: 'truncate' };
    case message:
      return parseMessage(buffer);
    default:
      return { kind: 'other' };
  }
}

function textEnd(buffer: Buffer, start: number): number {
  const end = buffer.indexOf(0, start);
  if (end === -1) throw new UnexpectedStreamError('a text in the stream does not end');
  return end;
}

function parseRelation(buffer: Buffer): Change {
  const id = buffer.readUInt32BE(1);
  const schemaEnd = textEnd(buffer, 5);
  const tableEnd = textEnd(buffer, schemaEnd + 1);
  const table = `${buffer.toString('utf8', 5, schemaEnd)}.${buffer.toString('utf8', schemaEnd + 1, tableEnd)}`;
  // After the name: one byte of replica identity, the number of columns, then for each: flags, name, type, modifier.
  const columns = buffer.readUInt16BE(tableEnd + 2);
  let at = tableEnd + 4;
  for (let column = 0; column < columns; column += 1) {
    const end = textEnd(buffer, at + 1);
    if (buffer.toString('utf8', at + 1, end) === 'metric_id') {
      return { kind: 'relation', relation: id, table, metricIdColumn: column };
    }
    at = end + 9;
  }
  throw new UnexpectedStreamError(`${table} is published without its metric_id`);
}

/** The tuples of an insert, update or delete: each behind a letter (N new, K old key, O old row). */
function parseRow(buffer: Buffer, metricIdColumns: ReadonlyMap<number, number>): Change {
  const id = buffer.readUInt32BE(1);
  const wanted = metricIdColumns.get(id);
  if (wanted === undefined) throw new UnexpectedStreamError(`a row of relation ${id} came before the relation itself`);
  const metricIds: number[] = [];
  let at = 5;
  while (at < buffer.length) {
    const columns = buffer.readUInt16BE(at + 1);
    at += 3;
    for (let column = 0; column < columns; column += 1) {
      const format = buffer[at];
      at += 1;
      // n: null, u: unchanged and not sent, t: text.
      if (format !== 0x74) continue;
      const length = buffer.readUInt32BE(at);
      at += 4;
      if (column === wanted) {
        const metricId = decimal(buffer, at, at + length);
        if (!metricIds.includes(metricId)) metricIds.push(metricId);
      }
      at += length;
    }
  }
  if (metricIds.length === 0) throw new UnexpectedStreamError(`a row of relation ${id} came without its metric id`);
  return { kind: 'row', metricIds };
}

/** Digits to a number without a string between: this runs for every row of every transaction. Ids are a sequence, far below 2^53. */
function decimal(buffer: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + ((buffer[at] ?? 0) - 48);
  return value;
}

function parseMessage(buffer: Buffer): Change {
  // One byte of flags, eight of LSN, the prefix, four of length.
  const prefixEnd = textEnd(buffer, 10);
  const length = buffer.readUInt32BE(prefixEnd + 1);
  return {
    kind: 'message',
    prefix: buffer.toString('utf8', 10, prefixEnd),
    content: buffer.toString('utf8', prefixEnd + 5, prefixEnd + 5 + length),
  };
}
