import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import postgres, { type Sql } from 'postgres';

export interface StoreOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Put on the record of every change that this connection makes. */
  changedBy: string;
  maxConnections: number;
  /** `verify-full` demands TLS with a certificate that is valid for the host. */
  tls: 'verify-full' | 'off';
  /** PEM file of the authority, when it is not one the system trusts. */
  caFile?: string | undefined;
  /** Statements that run longer are cancelled by the server, in ms; 0 for no limit. */
  statementTimeoutMs?: number;
}

/** A pool of connections. bigint columns come as decimal strings, so that no id is rounded. */
export function openStore(o: StoreOptions): Sql {
  return postgres(o.url, {
    max: o.maxConnections,
    ssl: o.tls === 'off' ? false : verifyFull(o),
    connect_timeout: 10,
    idle_timeout: 60,
    keep_alive: 30,
    // Notices are of `if not exists` and the like.
    onnotice: () => undefined,
    connection: {
      application_name: o.applicationName,
      'uns_meta.changed_by': o.changedBy,
      // A client that vanished without closing must not hold locks for ever.
      idle_in_transaction_session_timeout: 120_000,
      statement_timeout: o.statementTimeoutMs ?? 0,
      // The planner's costs of subqueries in jsonb are far too high; compiling them takes longer than running them.
      jit: false,
    },
  });
}

function verifyFull({ url, caFile }: StoreOptions) {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    rejectUnauthorized: true,
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    // For an address postgres.js names no host, and TLS would look for `localhost` in the certificate: any server with one for that
    // name would pass.
    ...(isIP(host) === 0 ? {} : { host }),
  };
}
