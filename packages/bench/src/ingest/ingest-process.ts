import { AppProcess } from '../processes/app-process.ts';
import type { BenchDatabase } from '../servers/bench-store.ts';
import type { Edge } from './edge.ts';

/** Starts ingest on a database, as the role it has in production, and waits until it hears births. */
export async function startIngest({
  edge,
  database,
  signal,
  env = {},
}: {
  edge: Edge;
  database: BenchDatabase;
  /** Ends the process. */
  signal: AbortSignal;
  env?: Record<string, string>;
}): Promise<AppProcess> {
  const settings = {
    NODE_ENV: 'production',
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: '0',
    UNS_ENV: 'bench',
    MQTT_URL: edge.broker.url,
    MQTT_ALLOW_PLAINTEXT: 'true',
    POSTGRES_URL: `${database.url}?role=uns_meta_app`,
    POSTGRES_TLS: 'off',
    REBIRTH_REQUESTS: 'off',
    ...env,
  };
  const app = await AppProcess.start('ingest', settings, signal);
  await app.line('subscribed', 10_000);
  return app;
}

/** Publishes a birth and waits until ingest says that it is done with it. Returns the seconds this took, and what it said. */
export async function publishBirth(
  app: AppProcess,
  edge: Edge,
  payload: Buffer,
  device = 'Cement',
): Promise<{ seconds: number; line: Readonly<Record<string, unknown>> }> {
  app.forget();
  const startedMs = performance.now();
  await edge.publish(device, payload);
  const line = await app.line('birth', 500_000);
  return { seconds: (performance.now() - startedMs) / 1000, line };
}
