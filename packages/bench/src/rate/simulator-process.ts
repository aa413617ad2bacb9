import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../canary-simulator/src/main.ts', import.meta.url));

interface SimulatorAddresses {
  controlUrl: string;
  safBaseUrl: string;
  viewsBaseUrl: string;
  ca: string;
}

export interface SimulatorProcess extends SimulatorAddresses, AsyncDisposable {
  /** Whether it goes before all other processes of this machine, which only root may ask for. */
  readonly preferred: boolean;
}

/**
 * The receiver in a process of its own. It stands for another machine with nothing else to do than to note when requests arrive, so it
 * goes before all others, and collects a small young generation: a pause of some ms would make arrivals look like a burst.
 */
export async function startSimulatorProcess(capRps: number): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, ['--max-semi-space-size=1', main], {
    env: { PATH: process.env['PATH'] ?? '', CANARY_SIMULATOR_RPS: String(capRps) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited.then(() => null)]);
  if (first === null) throw new Error('the Canary simulator did not start');
  const addresses: SimulatorAddresses = JSON.parse(String(first[0]));
  return {
    ...addresses,
    preferred: prefer(child.pid),
    [Symbol.asyncDispose]: async () => {
      process.removeListener('exit', end);
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function prefer(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    setPriority(pid, -20);
    return true;
  } catch {
    return false;
  }
}
