import fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { HealthReport } from './health.ts';
import type { Logger } from './logger.ts';

export interface AdminServerOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  registry: Registry;
  /** Is the service making progress? A restart is the cure when not. */
  health: () => HealthReport;
  /** Can the service do its work now? Waiting is the cure when not. */
  ready: () => HealthReport;
  logger: Logger;
  /** Further routes of the service. */
  register?: (app: FastifyInstance) => Promise<void>;
}

export interface AdminServer {
  url: string;
  close(): Promise<void>;
}

/** Serves `/metrics`, `/healthz` and `/readyz`: 200 when ok, else 503 with the failing checks. */
export async function startAdminServer(o: AdminServerOptions): Promise<AdminServer> {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.get('/metrics', async (_request, reply) => {
    const text = await o.registry.metrics();
    // prom-client and registries merged into it do not all end their text with a newline, which the format demands.
    return reply.type(o.registry.contentType).send(text.endsWith('\n') ? text : `${text}\n`);
  });
  for (const [path, report] of [
    ['/healthz', o.health],
    ['/readyz', o.ready],
  ] as const) {
    app.get(path, async (_request, reply) => {
      const state = report();
      return reply.code(state.ok ? 200 : 503).send(state);
    });
  }
  app.setErrorHandler((error, request, reply) => {
    o.logger.error({ err: error, path: request.url }, 'admin request failed');
    return reply.code(500).send({ error: 'internal error' });
  });
  await o.register?.(app);
  const url = await app.listen({ host: o.host, port: o.port });
  o.logger.info({ url }, 'admin server listens');
  return { url, close: () => app.close() };
}
