/** In bytes of UTF-8, of which a UTF-16 code unit makes at most three: short texts are not encoded to find out. */
export function isLongerThan(bytes: number, text: string): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
}
