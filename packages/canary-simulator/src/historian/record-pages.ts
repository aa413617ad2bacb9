const pageBits = 14;
const recordsPerPage = 1 << pageBits;

/**
 * Fixed-size records in pages outside the JavaScript heap. A million tags are some eight million points: as objects they would cost
 * gigabytes and long collections, and one growing array would be copied at each doubling.
 *
 * Record numbers begin at 1, so that 0, which fresh pages are filled with, means "none".
 */
export class RecordPages {
  readonly #stride: number;
  readonly #pages: DataView[] = [];
  #length = 0;

  /** @param stride bytes of one record */
  constructor(stride: number) {
    this.#stride = stride;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a record of zeros and returns its number. */
  append(): number {
    if (this.#length === this.#pages.length * recordsPerPage) {
      this.#pages.push(new DataView(new ArrayBuffer(recordsPerPage * this.#stride)));
    }
    this.#length += 1;
    return this.#length;
  }

  /** @throws RangeError when no such record was appended */
  page(record: number): DataView {
    const page = this.#pages[(record - 1) >>> pageBits];
    if (page === undefined || record > this.#length) throw new RangeError(`there is no record ${record}`);
    return page;
  }

  /** Where the record begins in its page, in bytes. */
  offset(record: number): number {
    return ((record - 1) & (recordsPerPage - 1)) * this.#stride;
  }
}
