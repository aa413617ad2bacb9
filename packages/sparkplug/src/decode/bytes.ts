/** Short runs of bytes to be recognised again. Words of four bytes at a time: births ask this millions of times. */
export class KnownBytes {
  readonly length: number;
  readonly #view: DataView;

  /** Copies: the buffer is a piece of an inflated payload, and must not be kept alive by what is remembered. */
  constructor(view: DataView, start: number, end: number) {
    this.length = end - start;
    this.#view = new DataView(view.buffer.slice(view.byteOffset + start, view.byteOffset + end));
  }

  /** Whether the same bytes stand between `start` and `end`. */
  equal(view: DataView, start: number, end: number): boolean {
    const length = this.length;
    if (end - start !== length) return false;
    const mine = this.#view;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (mine.getInt32(i, true) !== view.getInt32(start + i, true)) return false;
    for (; i < length; i++) if (mine.getUint8(i) !== view.getUint8(start + i)) return false;
    return true;
  }
}

/** A hash of the bytes between `start` and `end`, good in its low bits. */
export function hashBytes(view: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ view.getInt32(at), 0x9e37_79b1) ^ (hash >>> 15);
  // The bytes left over are part of the last word, if there is one.
  if (end - start >= 4) hash = Math.imul(hash ^ view.getInt32(end - 4), 0x9e37_79b1);
  else for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x9e37_79b1);
  return hash ^ (hash >>> 16);
}
