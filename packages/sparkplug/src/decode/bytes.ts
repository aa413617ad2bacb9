/**
 * Whether the `length` bytes at both places are the same. Words of four bytes at a time, the last one overlapping the one before it: births
 * ask this millions of times.
 */
export function equalBytes(a: DataView, inA: number, b: DataView, inB: number, length: number): boolean {
  const last = length - 4;
  if (last < 0) {
    for (let i = 0; i < length; i++) if (a.getUint8(inA + i) !== b.getUint8(inB + i)) return false;
    return true;
  }
  let i = 0;
  for (; i + 16 <= last; i += 16) {
    const others =
      (a.getInt32(inA + i) ^ b.getInt32(inB + i)) |
      (a.getInt32(inA + i + 4) ^ b.getInt32(inB + i + 4)) |
      (a.getInt32(inA + i + 8) ^ b.getInt32(inB + i + 8)) |
      (a.getInt32(inA + i + 12) ^ b.getInt32(inB + i + 12));
    if (others !== 0) return false;
  }
  for (; i < last; i += 4) if (a.getInt32(inA + i) !== b.getInt32(inB + i)) return false;
  return a.getInt32(inA + last) === b.getInt32(inB + last);
}
