import { applyPathRules } from '@uns/metadata-store';
import { persist, type Logger } from '@uns/service';
import type { PathMapper } from '@uns/uns';
import type { Sql } from 'postgres';
import { liesInData } from './birth/keep-trying.ts';

/**
 * Moves what is stored to where the configured mapping rules put it, before the first birth is written. Waits for the store as long as
 * need be; resolves early when `stop` is aborted, and also when the store refuses the new paths: births then move what they can, each
 * its own.
 */
export async function applyConfiguredRules(o: {
  sql: Sql;
  mapper: PathMapper;
  groups: readonly string[];
  digest: string;
  logger: Logger;
  stop: AbortSignal;
}): Promise<void> {
  const { sql, mapper, groups, digest, logger, stop } = o;
  try {
    const applied = await persist({
      what: 'The store',
      attempt: () =>
        applyPathRules(sql, {
          groups,
          digest,
          pathOf: (device) => {
            const mapped = mapper.forDevice(device);
            return {
              device: mapped.device.ok ? mapped.device.unsPath : null,
              metric: (name) => {
                const path = mapped.metric(name);
                return path.ok ? path.unsPath : null;
              },
            };
          },
        }),
      fatal: liesInData,
      signal: stop,
      logger,
    });
    if (applied.kind === 'same') return;
    const { devices, metrics, refused } = applied;
    logger[refused > 0 ? 'warn' : 'info']({ devices, metrics, refused }, 'mapping rules applied to what is stored');
  } catch (error) {
    if (stop.aborted) return;
    if (!liesInData(error)) throw error;
    logger.error({ err: error }, 'mapping rules cannot be applied to all that is stored; births move what they can');
  }
}
