import { AppProcess } from '../processes/app-process.ts';
import { readSample } from '../processes/prometheus.ts';

const slotResults = ['used', 'unused', 'late', 'revoked'] as const;

/** What became of the slots that the writers were given; those of a killed writer are not known. */
export type SlotCounts = Record<(typeof slotResults)[number] | 'granted', number>;

/** canary-writer processes with the same configuration. */
export class WriterFleet implements AsyncDisposable {
  readonly #env: Record<string, string>;
  readonly #writers: AppProcess[] = [];

  constructor(env: Record<string, string>) {
    this.#env = env;
  }

  async join(): Promise<void> {
    const env = { ADMIN_HOST: '127.0.0.1', ADMIN_PORT: '0', ...this.#env };
    this.#writers.push(await AppProcess.start('canary-writer', env));
  }

  async killOne(): Promise<void> {
    await this.#writers.shift()?.kill();
  }

  async slots(): Promise<{ slots: SlotCounts; slotRps: number }> {
    const slots: SlotCounts = { granted: 0, used: 0, unused: 0, late: 0, revoked: 0 };
    let slotRps = 0;
    for (const writer of this.#writers) {
      const text = await writer.prometheus();
      slots.granted += readSample(text, 'uns_canary_slots_granted_total');
      for (const result of slotResults)
        slots[result] += readSample(text, 'uns_canary_slots_total', `result="${result}"`);
      slotRps = readSample(text, 'uns_canary_slots_per_second');
    }
    return { slots, slotRps };
  }

  /** In order: each finishes what it has in hand and revokes its session. */
  async stop(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
