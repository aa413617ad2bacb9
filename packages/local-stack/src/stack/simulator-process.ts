import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { endWithUs } from '../processes/end-with-us.ts';
import { readLogLine } from '../processes/log-line.ts';
import type { StackLog } from './stack-log.ts';

const script = new URL('../../../canary-simulator/src/main.ts', import.meta.url);

const readySchema = z.object({ url: z.url(), controlUrl: z.url(), safBaseUrl: z.url(), viewsBaseUrl: z.url() });

export interface SimulatorProcess extends z.infer<typeof readySchema> {
  pid: number;
  stop(): Promise<void>;
}

/**
 * The simulator in a process of its own: it takes the time at which a request arrives, which it could not do behind our work. It is not
 * restarted when it dies, because what it holds would be gone.
 */
export async function startSimulatorProcess(o: {
  rate: number;
  compileCache: string;
  log: StackLog;
}): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [script.pathname], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: o.compileCache,
      CANARY_SIMULATOR_RPS: String(o.rate),
      CANARY_SIMULATOR_TLS: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  endWithUs(child);
  const gone = once(child, 'close');
  createInterface({ input: child.stderr }).on('line', (line) => o.log.line('canary', readLogLine(line)));
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), gone.then(() => null)]);
  if (first === null || child.pid === undefined)
    throw new Error(`the Canary simulator did not start (exit ${child.exitCode})`);
  const ready = readySchema.parse(JSON.parse(String(first[0])));
  let stopping = false;
  child.once('close', () => {
    if (!stopping) o.log.notice(`the Canary simulator died (exit ${child.exitCode}); what it held is gone`);
  });
  return {
    ...ready,
    pid: child.pid,
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(force);
    },
  };
}
