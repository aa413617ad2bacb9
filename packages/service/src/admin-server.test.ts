import { describe, expect, it } from '@jest/globals';
import { Counter, Registry } from 'prom-client';
import { startAdminServer } from './admin-server.ts';
import { healthReport } from './health.ts';
import { silentLogger } from './logger.ts';

describe('the admin server', () => {
  it('OBS-01 serves metrics that end with a newline, and health and readiness with the reasons', async () => {
    const registry = new Registry();
    new Counter({ name: 'uns_test_total', help: 'A test', registers: [registry] }).inc(3);
    let broker = true;
    const server = await startAdminServer({
      host: '127.0.0.1',
      port: 0,
      registry,
      health: () => healthReport({ loop: { ok: true, detail: 'moved 1 s ago' } }),
      ready: () => healthReport({ broker: { ok: broker, detail: 'x' }, store: { ok: true, detail: 'y' } }),
      logger: silentLogger,
      register: (app) => {
        app.get('/broken', () => {
          throw new Error('secret detail');
        });
        return Promise.resolve();
      },
    });
    try {
      const get = async (path: string) => {
        const response = await fetch(new URL(path, server.url));
        return { status: response.status, body: await response.text() };
      };
      const metrics = await get('/metrics');
      expect(metrics.body).toContain('uns_test_total 3');
      expect(metrics.body.endsWith('\n')).toBe(true);
      expect(await get('/healthz')).toMatchObject({ status: 200 });
      expect(await get('/readyz')).toMatchObject({ status: 200 });
      broker = false;
      const notReady = await get('/readyz');
      expect(notReady.status).toBe(503);
      expect(JSON.parse(notReady.body)).toEqual({
        ok: false,
        checks: { broker: { ok: false, detail: 'x' }, store: { ok: true, detail: 'y' } },
      });
      expect(await get('/broken')).toEqual({ status: 500, body: '{"error":"internal error"}' });
    } finally {
      await server.close();
    }
  });
});
