import { sleep } from '@uns/service';
import type { ISql } from 'postgres';

/** Which transactions have ended for whoever reads now. Source: PostgreSQL documentation, `pg_snapshot`. */
export class Snapshot {
  /** All transactions before this one have ended. */
  readonly xmin: bigint;
  /** This one and all after it have not. */
  readonly xmax: bigint;
  /** Of those between, the ones that have not. */
  readonly running: ReadonlySet<bigint>;

  /** @throws SyntaxError for a text that is not of the form `xmin:xmax:xid,xid,...`. */
  constructor(text: string) {
    const match = /^(\d+):(\d+):([\d,]*)$/.exec(text);
    if (match === null) throw new SyntaxError(`"${text}" is not a snapshot`);
    this.xmin = BigInt(match[1] ?? '');
    this.xmax = BigInt(match[2] ?? '');
    this.running = new Set((match[3] ?? '').split(',').filter(Boolean).map(BigInt));
  }

  /** The whole id of the transaction with these low 32 bits that is nearest to now. */
  fullId(low: number): bigint {
    return this.xmax + BigInt.asIntN(32, BigInt(low) - this.xmax);
  }

  hasEnded(id: bigint): boolean {
    return id < this.xmin || (id < this.xmax && !this.running.has(id));
  }
}

async function readSnapshot(sql: ISql): Promise<Snapshot> {
  const [row] = await sql<{ snapshot: string }[]>`select pg_current_snapshot()::text as snapshot`;
  if (row === undefined) throw new Error('the server gives no snapshot');
  return new Snapshot(row.snapshot);
}

/**
 * Waits until `seen` is satisfied with a snapshot: whatever is read after that sees as much.
 *
 * The stream hands a transaction out as soon as its commit is in the log. Other sessions see what it did a moment later, and with
 * synchronous replication only when a standby has confirmed it, which may take as long as that standby is away.
 */
async function untilSnapshot(sql: ISql, seen: (snapshot: Snapshot) => boolean, signal: AbortSignal): Promise<void> {
  for (let waitMs = 2; !seen(await readSnapshot(sql)); waitMs = Math.min(500, waitMs * 2)) await sleep(waitMs, signal);
}

/** Resolves when everybody sees what these transactions did. Rejects when aborted. */
export function untilVisible(
  sql: ISql,
  transactions: { isVisibleIn(snapshot: Snapshot): boolean },
  signal: AbortSignal,
): Promise<void> {
  return untilSnapshot(sql, (snapshot) => transactions.isVisibleIn(snapshot), signal);
}

/** Resolves when all transactions that run now have ended. Rejects when aborted. */
export async function untilRunningEnded(sql: ISql, signal: AbortSignal): Promise<void> {
  const { running } = await readSnapshot(sql);
  await untilSnapshot(sql, (snapshot) => [...running].every((id) => snapshot.hasEnded(id)), signal);
}
