const sample = /^uns_ingest_births_total\{[^}]*\} (\d+)$/gm;

/** Births worked on, by all processes of ingest there have been: each begins at zero. */
export class BirthCounter {
  readonly #byProcess = new Map<number, number>();

  /** @param exposition what `/metrics` of the process says */
  read(pid: number, exposition: string): void {
    const births = [...exposition.matchAll(sample)].reduce((sum, [, count]) => sum + Number(count), 0);
    this.#byProcess.set(pid, births);
  }

  get total(): number {
    return this.#byProcess.values().reduce((sum, births) => sum + births, 0);
  }
}
