import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Line = Record<string, unknown>;

/** A program of ours as a process, which writes lines of JSON. */
export class Spawned {
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  constructor(program: URL, args: readonly string[], env: Record<string, string>) {
    this.#child = spawn(process.execPath, [fileURLToPath(program), ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#exited = once(this.#child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
    if (this.#child.stdout === null) throw new Error('no output');
    createInterface({ input: this.#child.stdout }).on('line', (text) => {
      const line: Line = JSON.parse(text);
      this.lines.push(line);
    });
  }

  /** Whether it was given no chance to stop by itself. */
  get wasKilled(): boolean {
    return this.#child.signalCode === 'SIGKILL';
  }

  /** Sends the signal and returns the exit status, null after a kill. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.#child.kill(signal);
    return this.#exited;
  }
}
