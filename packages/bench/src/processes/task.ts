import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a task says: `ready` when all is loaded, then, told to go, `done` with its figures. */
type Message<T> =
  | { kind: 'ready' }
  | { kind: 'done'; firstSeconds: number; seconds: number; peakMb: number; baselineMb: number; result: T };

export interface TaskMeasurement<T> {
  /** In a fresh process. */
  firstSeconds: number;
  /** In a process that has done the same before, as one that serves for months has. */
  seconds: number;
  /** Peak of the resident memory, the first time, beyond what the process had when its modules and input were loaded, in MiB. */
  rssAboveBaselineMb: number;
  baselineMb: number;
  result: T;
}

/**
 * Runs a module in a process of its own: what it loads, allocates and compiles is its own, and so is its peak memory. The module calls
 * `runTask`.
 *
 * @throws when the process fails.
 */
export async function measureTask<T>(
  module: URL,
  input: readonly string[],
  signal: AbortSignal,
  execArgv: string[] = [],
): Promise<TaskMeasurement<T>> {
  const child = fork(fileURLToPath(module), input, {
    execArgv,
    signal,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  let done: Extract<Message<T>, { kind: 'done' }> | null = null;
  child.on('message', (message: Message<T>) => {
    if (message.kind === 'ready') child.send('go');
    else done = message;
  });
  const [code] = await exited;
  const figures = done as Extract<Message<T>, { kind: 'done' }> | null;
  if (figures === null) throw new Error(`${module.pathname} ended with status ${String(code)} and no figures`);
  const { firstSeconds, seconds, peakMb, baselineMb, result } = figures;
  return { firstSeconds, seconds, rssAboveBaselineMb: peakMb - baselineMb, baselineMb, result };
}
