import type { TransactionSql } from 'postgres';

/** The staged metrics whose properties have to be read: 8 bytes each, for a birth may have a million. */
export class WantedMetrics {
  #ids = new Float64Array(1024);
  #size = 0;
  #allNew = true;

  /** After the metrics of the birth have got their identities, and some of them have been refused. */
  static async read(tx: TransactionSql): Promise<WantedMetrics> {
    const wanted = new WantedMetrics();
    const rows = tx<{ ordinal: number; id: string; isNew: boolean }[]>`
      select ordinal, metric_id as id, is_new as "isNew" from birth_metrics where state <> 'k' and holder is null`;
    for await (const batch of rows.cursor(10_000)) {
      for (const { ordinal, id, isNew } of batch) wanted.#add(ordinal, Number(id), isNew);
    }
    return wanted;
  }

  get size(): number {
    return this.#size;
  }

  /** None of them has been in the store before. */
  get allNew(): boolean {
    return this.#allNew;
  }

  /** Ids are handed out from 1, and a number holds them exactly up to 2^53. */
  idOf(ordinal: number): number | null {
    const id = this.#ids[ordinal];
    return id === undefined || id === 0 ? null : id;
  }

  #add(ordinal: number, id: number, isNew: boolean): void {
    if (ordinal >= this.#ids.length) {
      const ids = new Float64Array(Math.max(ordinal + 1, this.#ids.length * 2));
      ids.set(this.#ids);
      this.#ids = ids;
    }
    this.#ids[ordinal] = id;
    this.#size += 1;
    this.#allNew &&= isNew;
  }
}
