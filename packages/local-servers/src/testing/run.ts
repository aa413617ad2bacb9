import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { LocalServerError } from '../local-server-error.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { resolveRedis } from '../redis/resolve-redis.ts';
import { postgresUrlVariable, postgresVersionVariable, redisUrlVariable } from './environment.ts';
import { jestCommand, root } from './jest-command.ts';
import { neededServers } from './needed-servers.ts';
import { parseArguments, type RunArguments } from './run-arguments.ts';
import { createRunFolder, sweepLeftoverRuns } from './run-folder.ts';

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort(signal));

try {
  process.exitCode = await main(parseArguments(process.argv.slice(2), process.env));
} catch (error) {
  say(error instanceof LocalServerError ? error.message : error);
  process.exitCode = 1;
}

/** Starts the servers that the chosen tests need, runs jest with their addresses, and returns its status. */
async function main({ postgresVersion, jestArguments }: RunArguments): Promise<number> {
  await sweepLeftoverRuns();
  const needed = await neededServers(jestArguments);
  await using folder = await createRunFolder();
  await using servers = new AsyncDisposableStack();
  // Tests that start a server of their own start the same version.
  const env: NodeJS.ProcessEnv = { ...process.env, [postgresVersionVariable]: String(postgresVersion) };
  if (needed.postgres && !stopped.signal.aborted) {
    const options = { version: postgresVersion, dataDir: folder.postgres, profile: 'throwaway' } as const;
    const postgres = servers.use(await startPostgres(options));
    env[postgresUrlVariable] = postgres.url;
    say(`PostgreSQL ${postgresVersion} is up`);
  }
  if (needed.redis && !stopped.signal.aborted) {
    const redis = servers.use(await resolveRedis({ dataDir: folder.redis, databases: 256, onProgress: say }));
    env[redisUrlVariable] = redis.url;
    say(`Redis is up (from ${redis.how})`);
  }
  if (stopped.signal.aborted) return statusOf(stopped.signal.reason);
  return await runJest(jestArguments, env);
}

async function runJest(jestArguments: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { command, args } = jestCommand(jestArguments);
  const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
  stopped.signal.addEventListener('abort', () => child.kill(stopped.signal.reason));
  return await new Promise((finished, failed) => {
    child.once('error', failed);
    child.once('exit', (code, signal) => finished(code ?? statusOf(signal ?? 'SIGTERM')));
  });
}

/** As a shell would report it. */
function statusOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function say(message: unknown): void {
  process.stderr.write(`${String(message)}\n`);
}
