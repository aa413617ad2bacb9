import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LocalServerError } from '../local-server-error.ts';

export interface ServerAccount {
  uid: number;
  gid: number;
}

const run = promisify(execFile);

/** PostgreSQL refuses to run as root: root lends it `nobody`; anybody else runs it as themselves (`undefined`). */
export async function serverAccount(): Promise<ServerAccount | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (cause) {
    throw new LocalServerError('PostgreSQL refuses to run as root and this machine has no user "nobody" to lend it.', {
      cause,
    });
  }
}
