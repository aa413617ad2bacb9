import type { Sql } from 'postgres';

/** Lets one of the product's roles log in with this password. The server's log may show the statement if it logs DDL. */
export async function grantLogin(sql: Sql, role: 'uns_meta_app' | 'uns_meta_cdc', password: string): Promise<void> {
  // ALTER ROLE takes no parameters: the server quotes what it is to be told.
  const [row] = await sql<
    { statement: string }[]
  >`select format('alter role %I login password %L', ${role}::text, ${password}::text) as statement`;
  if (row === undefined) throw new Error('the server did not format the statement');
  await sql.unsafe(row.statement);
}
