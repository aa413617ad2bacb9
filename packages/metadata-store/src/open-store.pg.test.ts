import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore } from './open-store.ts';
import { testStore, type TestStore } from './testing/index.ts';

describe('a transaction whose connection is cut', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await testStore();
    await store.sql`create table public.notes (text text)`;
  });
  afterAll(() => store[Symbol.asyncDispose]());

  const oneConnection = () =>
    openStore({ url: store.url, applicationName: 'test', changedBy: 'test', maxConnections: 1, tls: 'off' });
  const cut = async (pid: number | undefined): Promise<void> => {
    await store.sql`select pg_terminate_backend(${pid ?? 0}, 5000)`;
  };

  it('PROMISE-1 is rejected, whatever is asked of it then, and the pool goes on', async () => {
    const sql = oneConnection();
    for (let round = 0; round < 5; round += 1) {
      const transaction = sql.begin(async (tx) => {
        const [backend] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
        await cut(backend?.pid);
        for (;;) await tx`select 1`;
      });
      await expect(transaction).rejects.toMatchObject({
        code: expect.stringMatching(/^CONNECTION_CLOSED|ECONNRESET|57P01$/),
      });
      expect(await sql<{ one: number }[]>`select 1 as one`).toMatchObject([{ one: 1 }]);
    }
    await sql.end();
  });

  it('PROMISE-1 has no say in the transaction that has its connection next', async () => {
    const sql = oneConnection();
    const { promise: nextIsOpen, resolve: open } = Promise.withResolvers<void>();
    const { promise: intruded, resolve: intrude } = Promise.withResolvers<unknown>();
    const first = sql.begin(async (tx) => {
      const [backend] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await cut(backend?.pid);
      await nextIsOpen;
      intrude(await tx`insert into public.notes values ('intruder')`.catch((error: unknown) => error));
    });
    await expect(first).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await sql.begin(async (tx) => {
      await tx`insert into public.notes values ('first half')`;
      open();
      expect(await intruded).toMatchObject({ code: 'CONNECTION_CLOSED' });
      await tx`insert into public.notes values ('second half')`;
      const [transaction] = await tx<{ open: boolean }[]>`select now() < statement_timestamp() as open`;
      expect(transaction?.open).toBe(true);
    });
    const notes = await sql<{ text: string; xmin: string }[]>`select text, xmin::text from public.notes order by text`;
    expect(notes.map((note) => note.text)).toEqual(['first half', 'second half']);
    expect(new Set(notes.map((note) => note.xmin)).size).toBe(1);
    await sql.end();
  });
});
