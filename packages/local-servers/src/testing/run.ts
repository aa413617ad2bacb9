import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startPostgres } from '../postgres/start-postgres.ts';
import { resolveRedis } from '../redis/resolve-redis.ts';
import { postgresUrlVariable, redisUrlVariable } from './environment.ts';
import { parseArguments } from './run-arguments.ts';

const root = resolve(import.meta.dirname, '../../../..');

process.exitCode = await main();

async function main(): Promise<number> {
  const { postgresVersion, jestArguments } = parseArguments(process.argv.slice(2), process.env);
  const folder = await mkdtemp(join(tmpdir(), 'uns-test-'));
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort(signal));
  try {
    await using servers = new AsyncDisposableStack();
    const [postgres, redis] = await Promise.all([
      startPostgres({ version: postgresVersion, dataDir: join(folder, 'postgres'), profile: 'throwaway' }),
      resolveRedis({ dataDir: join(folder, 'redis'), databases: 256, onProgress: say }),
    ]);
    servers.use(postgres);
    servers.use(redis);
    if (stopped.signal.aborted) return 130;
    say(`PostgreSQL ${postgres.version} and Redis (${redis.how}) are up`);
    const env = { ...process.env, [postgresUrlVariable]: postgres.url, [redisUrlVariable]: redis.url };
    return await runJest(jestArguments, env, stopped.signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runJest(jestArguments: string[], env: NodeJS.ProcessEnv, stopped: AbortSignal): Promise<number> {
  const jest = createRequire(join(root, 'package.json')).resolve('jest/bin/jest');
  const nodeArguments = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest];
  const child = spawn(process.execPath, [...nodeArguments, ...jestArguments], { cwd: root, env, stdio: 'inherit' });
  const forward = (): boolean => child.kill(stopped.reason);
  stopped.addEventListener('abort', forward);
  return await new Promise((finished, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => finished(code ?? 1));
  });
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
