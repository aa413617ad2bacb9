import {
  ConfigurationError,
  describeError,
  exitCode,
  loadConfig,
  optional,
  secret,
  text,
  url,
  choice,
} from '@uns/service';
import { openStore } from '../open-store.ts';
import { grantLogin } from './grant-login.ts';
import { migrate } from './migrate.ts';

const settings = {
  postgresUrl: url({
    env: 'POSTGRES_URL',
    doc: 'The database, as a role that owns it and may create roles.',
    protocols: ['postgres', 'postgresql'],
  }),
  postgresTls: choice({
    env: 'POSTGRES_TLS',
    doc: '`verify-full` demands a certificate that is valid for the host; `off` is for local use only.',
    of: ['verify-full', 'off'],
    default: 'verify-full',
  }),
  postgresCaFile: optional(
    text({ env: 'POSTGRES_CA_FILE', doc: 'PEM file of the authority that signed the server’s certificate.' }),
  ),
  appPassword: optional(
    secret({
      env: 'UNS_META_APP_PASSWORD',
      doc: 'Lets the role of ingest log in with this password; without it the role stays as it is.',
    }),
  ),
  cdcPassword: optional(
    secret({
      env: 'UNS_META_CDC_PASSWORD',
      doc: 'Lets the role of cdc log in with this password; without it the role stays as it is.',
    }),
  ),
};

/** Brings the schema up to date, and on request lets the two roles log in. Safe to run at each deployment. */
async function main(): Promise<void> {
  const { config } = loadConfig({ service: 'migrate', settings, env: process.env });
  const sql = openStore({
    url: config.postgresUrl,
    applicationName: 'uns-migrate',
    changedBy: 'migrate',
    maxConnections: 1,
    tls: config.postgresTls,
    caFile: config.postgresCaFile,
  });
  try {
    const applied = await migrate(sql);
    process.stdout.write(applied.length === 0 ? 'The schema is up to date.\n' : `Applied: ${applied.join(', ')}\n`);
    for (const [role, password] of [
      ['uns_meta_app', config.appPassword],
      ['uns_meta_cdc', config.cdcPassword],
    ] as const) {
      if (password === undefined) continue;
      await grantLogin(sql, role, password);
      process.stdout.write(`${role} may log in.\n`);
    }
  } finally {
    await sql.end();
  }
}

try {
  await main();
} catch (error) {
  const configuration = error instanceof ConfigurationError;
  process.stderr.write(`${configuration ? error.message : `migrate failed: ${describeError(error).message}`}\n`);
  process.exitCode = configuration ? exitCode.configuration : exitCode.failed;
}
