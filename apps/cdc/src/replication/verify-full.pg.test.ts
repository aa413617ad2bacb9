import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '@uns/local-servers';
import { testDatabase, testPostgresVersion } from '@uns/local-servers/testing';
import { openStore } from '@uns/metadata-store';
import pg from 'pg';
import { generate } from 'selfsigned';
import { replicationConnection } from './replication-connection.ts';

type Target = { url: string; caFile: string };

/** One query of the store's connections; whether the server saw TLS. */
async function asStore({ url, caFile }: Target): Promise<boolean> {
  const sql = openStore({ url, caFile, tls: 'verify-full', applicationName: 't', changedBy: 't', maxConnections: 1 });
  try {
    const [row] = await sql<{ ssl: boolean }[]>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
    return row?.ssl === true;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** The same with the connection of the change stream. */
async function asStream({ url, caFile }: Target): Promise<boolean> {
  const { clientConfig } = replicationConnection({
    url,
    caFile,
    tls: 'verify-full',
    walSenderTimeoutMs: 10_000,
    decodingMemoryMb: 64,
  });
  const client = new pg.Client(clientConfig);
  await client.connect();
  try {
    const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    return rows[0]?.ssl === true;
  } finally {
    await client.end();
  }
}

async function authority(name: string) {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

describe('SEC-02 verify-full to PostgreSQL', () => {
  let folder: string;
  let server: PostgresServer;
  const caFiles = { right: '', wrong: '' };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uns-verify-full-'));
    const [right, wrong] = [await authority('right'), await authority('wrong')];
    for (const [name, { cert }] of Object.entries({ right, wrong })) {
      const file = join(folder, `${name}.pem`);
      await writeFile(file, cert);
      Object.assign(caFiles, { [name]: file });
    }
    // Valid for the address, not for the name `localhost`.
    const leaf = await generate([{ name: 'commonName', value: 'postgres' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: right.private, cert: right.cert },
      extensions: [
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ],
    });
    server = await startPostgres({
      version: testPostgresVersion(),
      dataDir: join(folder, 'data'),
      profile: 'throwaway',
      tls: { cert: leaf.cert, key: leaf.private },
    });
  });
  afterAll(async () => {
    await server.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['the store', asStore],
    ['the change stream', asStream],
  ])(
    'SEC-02 %s takes the certificate of the right authority for the right host, and no other',
    async (_what, connect) => {
      expect(await connect({ url: server.url, caFile: caFiles.right })).toBe(true);
      // What the URL says does not undo it.
      expect(await connect({ url: `${server.url}?sslmode=disable`, caFile: caFiles.right })).toBe(true);

      await expect(connect({ url: server.url, caFile: caFiles.wrong })).rejects.toMatchObject({
        code: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED|CERT_SIGNATURE|UNABLE_TO_GET_ISSUER/),
      });
      const otherName = server.url.replace('127.0.0.1', 'localhost');
      await expect(connect({ url: otherName, caFile: caFiles.right })).rejects.toMatchObject({
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
    },
  );

  it.each([
    ['the store', asStore],
    ['the change stream', asStream],
  ])('SEC-02 %s does not speak to a server without TLS', async (_what, connect) => {
    await using plain = await testDatabase();
    await expect(connect({ url: plain.url, caFile: caFiles.right })).rejects.toThrow(/SSL|TLS|secure|unsupported/i);
  });
});
