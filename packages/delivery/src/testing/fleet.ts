import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SendRecorder } from './send-recorder.ts';

interface FleetOptions {
  redisUrl: string;
  key: string;
  capRps: number;
  /** Requests each pod has under way. */
  concurrency: number;
  /** Between the slot and the request, as a busy process takes; ms. */
  prepareMs: number;
}

const program = fileURLToPath(new URL('saturating-pod.ts', import.meta.url));

/** Pods as processes of their own that always have requests waiting, and the receiver they send to. */
export class Fleet {
  readonly recorder: SendRecorder;
  readonly #options: FleetOptions;
  readonly #pods = new Set<ChildProcess>();

  private constructor(options: FleetOptions, recorder: SendRecorder) {
    this.#options = options;
    this.recorder = recorder;
  }

  static async start(pods: number, options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options, await SendRecorder.listen());
    for (let i = 0; i < pods; i += 1) fleet.join();
    return fleet;
  }

  join(): void {
    const { redisUrl, key, capRps, concurrency, prepareMs } = this.#options;
    const args = [program, redisUrl, key, capRps, this.recorder.port, concurrency, prepareMs].map(String);
    const pod = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#pods.add(pod);
    pod.once('exit', () => this.#pods.delete(pod));
  }

  /** Ends one pod as a crash would. */
  killOne(): void {
    const [pod] = this.#pods;
    pod?.kill('SIGKILL');
  }

  /** Stops one pod wherever it is, until the returned function is called. */
  freezeOne(): () => void {
    const [pod] = this.#pods;
    pod?.kill('SIGSTOP');
    return () => void pod?.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = [...this.#pods].map(
      (pod) =>
        new Promise((resolve) => {
          pod.once('exit', resolve);
          pod.kill('SIGKILL');
        }),
    );
    await Promise.all(ended);
    this.recorder[Symbol.dispose]();
  }
}
