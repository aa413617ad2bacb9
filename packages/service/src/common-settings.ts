import { choice, integer, text } from './config/settings.ts';

/** Settings every service has. */
export const commonSettings = {
  logLevel: choice({
    env: 'LOG_LEVEL',
    doc: 'Least severe level that is logged.',
    of: ['trace', 'debug', 'info', 'warn', 'error'],
    default: 'info',
  }),
  adminHost: text({ env: 'ADMIN_HOST', doc: 'Address of the admin server.', default: '0.0.0.0' }),
  adminPort: integer({
    env: 'ADMIN_PORT',
    doc: 'Port of the admin server (`/metrics`, `/healthz`, `/readyz`); 0 takes a free one.',
    min: 0,
    max: 65_535,
    default: 9090,
  }),
  shutdownGraceMs: integer({
    env: 'SHUTDOWN_GRACE_MS',
    doc: 'How long a stop may take to finish work in hand before it is aborted.',
    unit: 'ms',
    min: 0,
    max: 600_000,
    default: 20_000,
  }),
};
