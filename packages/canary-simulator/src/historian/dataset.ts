/** One dataset: its tags in the order they came, so that a position in it stays valid while it grows. */
export class Dataset {
  readonly name: string;
  readonly #numbers = new Map<string, number>();
  readonly #order: string[] = [];
  readonly #obsolete = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  get size(): number {
    return this.#order.length;
  }

  get obsoleteCount(): number {
    return this.#obsolete.size;
  }

  add(rest: string, number: number): void {
    this.#numbers.set(rest, number);
    this.#order.push(rest);
  }

  /** The number under which the history of the tag is kept. */
  number(rest: string): number | undefined {
    return this.#numbers.get(rest);
  }

  isObsolete(rest: string): boolean {
    return this.#obsolete.size > 0 && this.#obsolete.has(rest);
  }

  /** Returns whether that changed anything. */
  setObsolete(rest: string, obsolete: boolean): boolean {
    if (obsolete === this.#obsolete.has(rest)) return false;
    if (obsolete) this.#obsolete.add(rest);
    else this.#obsolete.delete(rest);
    return true;
  }

  /** Tags (without the dataset) from a position on, obsolete ones left out. */
  *tags(from = 0): Generator<{ rest: string; number: number; position: number }> {
    for (let position = from; position < this.#order.length; position++) {
      const rest = this.#order[position];
      const number = rest === undefined ? undefined : this.#numbers.get(rest);
      if (rest !== undefined && number !== undefined && !this.isObsolete(rest)) yield { rest, number, position };
    }
  }
}
