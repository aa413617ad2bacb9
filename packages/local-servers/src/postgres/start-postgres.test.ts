import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import postgres, { type Options, type Sql } from 'postgres';
import { generate } from 'selfsigned';
import { LocalServerError } from '../local-server-error.ts';
import { commandLineOf } from '../process/command-line.ts';
import { startPostgres } from './start-postgres.ts';

// initdb alone takes a second on a machine at rest, and ten on one that is not.
jest.setTimeout(180_000);

/** Only its owner may enter, as with `git clone . "$(mktemp -d)"`. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uns-postgres-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function query<T>(url: string, use: (sql: Sql) => Promise<T>, options: Options<never> = {}): Promise<T> {
  const sql = postgres(url, { max: 1, ...options });
  try {
    return await use(sql);
  } finally {
    await sql.end();
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

describe('startPostgres', () => {
  it.each([16, 18] as const)(
    'runs PostgreSQL %i with logical decoding, below a folder only we may enter',
    async (version) => {
      await using server = await startPostgres({ version, dataDir: join(folder, `v${version}`), profile: 'throwaway' });
      const [row] = await query(
        server.url,
        async (sql) =>
          await sql`select current_setting('server_version_num')::int / 10000 as version, current_setting('wal_level') as wal`,
      );
      expect(row).toEqual({ version, wal: 'logical' });
      await server.stop();
      expect(await exists(server.dataDir)).toBe(false);
    },
  );

  it('keeps committed rows over a stop, an immediate stop and a kill, on the same address', async () => {
    await using server = await startPostgres({ dataDir: join(folder, 'restarts'), profile: 'throwaway' });
    await query(server.url, async (sql) => await sql`create table kept (after text)`);
    const pids = new Set([server.pid]);
    for (const mode of ['fast', 'immediate', 'kill'] as const) {
      await query(server.url, async (sql) => await sql`insert into kept values (${mode})`);
      if (mode === 'kill') await server.kill();
      await server.restart(mode === 'kill' ? 'fast' : mode);
      pids.add(server.pid);
    }
    const rows = await query(server.url, async (sql) => await sql`select after from kept`);
    expect(rows.map(({ after }) => after)).toEqual(['fast', 'immediate', 'kill']);
    expect(pids.size).toBe(4);
  });

  it('takes settings, which ALTER SYSTEM overrides', async () => {
    await using server = await startPostgres({
      dataDir: join(folder, 'settings'),
      profile: 'throwaway',
      settings: { work_mem: '5MB' },
    });
    const workMem = async (): Promise<unknown> =>
      await query(server.url, async (sql) => (await sql`show work_mem`)[0]?.['work_mem']);
    expect(await workMem()).toBe('5MB');
    await query(server.url, async (sql) => await sql`alter system set work_mem = '6MB'`);
    await server.restart();
    expect(await workMem()).toBe('6MB');
  });

  it('asks for the password, and accepts TLS with a certificate that can be verified', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    await using server = await startPostgres({
      dataDir: join(folder, 'tls'),
      profile: 'throwaway',
      tls: { cert, key },
    });
    const wrong = server.url.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(wrong, async (sql) => await sql`select 1`)).rejects.toMatchObject({ code: '28P01' });
    const [row] = await query(
      server.url,
      async (sql) => await sql`select version from pg_stat_ssl where pid = pg_backend_pid()`,
      { ssl: { ca: cert, rejectUnauthorized: true } },
    );
    expect(row).toEqual({ version: 'TLSv1.3' });
  });

  it('ends the server that a killed process left on the same data, and keeps the data', async () => {
    const dataDir = join(folder, 'leftover');
    await using left = await startPostgres({ dataDir, keepData: true, profile: 'throwaway' });
    await query(left.url, async (sql) => await sql`create table kept (a int)`);
    const owner = join(left.dataDir, 'local-servers.owner');
    await writeFile(owner, JSON.stringify({ pid: process.ppid, command: await commandLineOf(process.ppid) }));
    await expect(startPostgres({ dataDir })).rejects.toThrow(`is in use by process ${process.ppid}`);

    await writeFile(owner, JSON.stringify({ pid: process.ppid, command: 'an earlier process of that pid' }));
    await using server = await startPostgres({ dataDir, profile: 'throwaway' });
    expect(left.running).toBe(false);
    expect(await query(server.url, async (sql) => await sql`table kept`)).toHaveLength(0);
  });

  it('is not stopped by a pid file that names an innocent process', async () => {
    const dataDir = join(folder, 'stale');
    const first = await startPostgres({ dataDir, keepData: true, profile: 'throwaway' });
    await first.stop();
    await writeFile(join(first.dataDir, 'postmaster.pid'), `${process.pid}\n${first.dataDir}\n`);
    await using server = await startPostgres({ dataDir });
    expect(await query(server.url, async (sql) => await sql`select 1`)).toHaveLength(1);
  });

  it('refuses data of another major version, and folders it did not make', async () => {
    const dataDir = join(folder, 'other');
    await using first = await startPostgres({ version: 16, dataDir, keepData: true, profile: 'throwaway' });
    await first.stop();
    await expect(startPostgres({ version: 18, dataDir })).rejects.toThrow('holds data of PostgreSQL 16');
    await rm(join(first.dataDir, 'local-servers.password'));
    await expect(startPostgres({ dataDir })).rejects.toThrow('was not made by this project');
    expect(await readdir(first.dataDir)).toContain('PG_VERSION');
    await rm(first.dataDir, { recursive: true });
  });

  it('says why a server does not start', async () => {
    const dataDir = join(folder, 'broken');
    const start = startPostgres({ dataDir, profile: 'throwaway', settings: { shared_buffers: 'plenty' } });
    await expect(start).rejects.toThrow(LocalServerError);
    await expect(start).rejects.toThrow(/invalid value for parameter "shared_buffers": "plenty"/);
  });
});
