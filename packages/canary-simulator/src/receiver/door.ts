import type { Listener } from './listener.ts';

/** Shuts the service's port and opens it again, one after the other whoever asks. */
export class Door {
  readonly #listener: Listener;
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get isShut(): boolean {
    return !this.#listener.listening;
  }

  async open(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#then(() => this.#listener.open());
  }

  /** @param forMs after this time the door opens by itself; without, when it is told to */
  async shut(forMs: number | undefined): Promise<void> {
    clearTimeout(this.#timer);
    await this.#then(() => this.#listener.shut());
    // A port that cannot be opened again ends the process: whoever waits for the simulator must not wait for ever.
    if (forMs !== undefined) this.#timer = setTimeout(() => void this.open(), forMs);
  }

  /** Shut for good. */
  async close(): Promise<void> {
    await this.shut(undefined);
  }

  async #then(action: () => Promise<void>): Promise<void> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => undefined);
    await result;
  }
}
