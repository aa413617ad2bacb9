import { isUtf8 } from 'node:buffer';

const SLOTS = 4_096;
const LONGEST_SHARED = 32;

interface SharedText {
  bytes: Uint8Array;
  text: string;
}

/**
 * Reads texts, sharing one string for equal short ones: units, modes and keys repeat a hundred thousand times in a
 * birth, and a call into the runtime's UTF-8 decoder costs more than comparing a few bytes. Memory is bounded: each
 * slot holds one text of at most 32 bytes, and a new text takes the slot of the old one.
 */
export class Texts {
  readonly #slots: (SharedText | undefined)[] = Array.from({ length: SLOTS });

  read(buffer: Buffer, start: number, end: number): string {
    if (start === end) return '';
    if (end - start > LONGEST_SHARED) return buffer.toString('utf8', start, end);
    const slot = hashBytes(buffer, start, end) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && sameBytes(known.bytes, buffer, start, end)) return known.text;
    const text = buffer.toString('utf8', start, end);
    this.#slots[slot] = { bytes: Uint8Array.prototype.slice.call(buffer, start, end), text };
    return text;
  }
}

/**
 * Whether a decoded text is the text that was sent, and can be stored: invalid UTF-8 decodes to replacement characters
 * instead of failing, and PostgreSQL texts cannot hold NUL.
 */
export function isSoundText(text: string, buffer: Buffer, start: number, end: number): boolean {
  if (text.includes('\0')) return false;
  return !text.includes('\uFFFD') || isUtf8(buffer.subarray(start, end));
}

/** FNV-1a over bytes. */
export function hashBytes(buffer: Uint8Array, start: number, end: number): number {
  let hash = 0x811c_9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] ?? 0), 0x0100_0193);
  return hash ^ (hash >>> 15);
}

export function sameBytes(bytes: Uint8Array, buffer: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (bytes.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== buffer[start + i]) return false;
  return true;
}
