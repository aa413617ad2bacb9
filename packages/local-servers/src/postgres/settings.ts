/**
 * `durable` behaves as in production when the machine or the server dies. `throwaway` gives that up for speed: only for
 * data that ends with the test run.
 */
export type PostgresProfile = 'durable' | 'throwaway';

export type PostgresSettings = Readonly<Record<string, string | number | boolean>>;

const always: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  // A socket in /tmp would clash with other servers, and one in the data folder may exceed 107 characters.
  unix_socket_directories: '',
  wal_level: 'logical',
  max_connections: 200,
  max_wal_senders: 64,
  max_replication_slots: 64,
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const throwaway: PostgresSettings = { fsync: false, full_page_writes: false };

/** The text of a configuration file; settings given win over ours. */
export function renderSettings(profile: PostgresProfile, port: number, given: PostgresSettings): string {
  const settings: PostgresSettings = { ...always, ...(profile === 'throwaway' ? throwaway : {}), ...given, port };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : value}\n`)
    .join('');
}
