import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';

export interface ReplicationConnection {
  clientConfig: ClientConfig;
  /** How often we report to the server. */
  statusEveryMs: number;
  /** After how long a silence of the server, which is asked at each report, the connection is taken for dead. */
  silentAfterMs: number;
}

/** pg lets parameters of the URL win over everything else: `sslmode=disable` would undo POSTGRES_TLS for the stream alone. */
function withoutParameters(text: string): string {
  const url = new URL(text);
  url.search = '';
  return url.href;
}

/**
 * A dead cdc must free the slot soon, also when its TCP connection is half open: the server drops a consumer that has not reported for
 * `walSenderTimeoutMs`. We report three times as often.
 *
 * `logical_decoding_work_mem` keeps a large transaction from being spilled to disk while it is decoded (98,332 metrics in one
 * transaction: 5.5 s spilled, 3.7 s in memory).
 */
export function replicationConnection(o: {
  url: string;
  tls: 'verify-full' | 'off';
  caFile?: string | undefined;
  walSenderTimeoutMs: number;
  decodingMemoryMb: number;
}): ReplicationConnection {
  return {
    clientConfig: {
      connectionString: withoutParameters(o.url),
      ssl:
        o.tls === 'off'
          ? false
          : { rejectUnauthorized: true, ...(o.caFile === undefined ? {} : { ca: readFileSync(o.caFile, 'utf8') }) },
      application_name: 'uns-cdc-stream',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      options: `-c wal_sender_timeout=${o.walSenderTimeoutMs} -c logical_decoding_work_mem=${o.decodingMemoryMb}MB`,
    },
    statusEveryMs: Math.floor(o.walSenderTimeoutMs / 3),
    silentAfterMs: o.walSenderTimeoutMs * 2,
  };
}
