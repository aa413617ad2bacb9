const view = new DataView(new ArrayBuffer(4));

/**
 * The decimal number with the fewest digits that is this finite 32-bit float and no other, and of those the nearest:
 * 0.1 for 0.100000001490116. It is PostgreSQL's text form of `real`, which in doubt takes an even last digit and never
 * a number halfway to the next float. Exact, by integers of any size, and so not fast: about 5 us.
 */
export function shortestFloat(float: number): number {
  if (float === 0) return 0;
  view.setFloat32(0, Math.abs(float));
  const bits = view.getUint32(0);
  const exponent = bits >>> 23;
  const fraction = bits & 0x7f_ffff;
  const mantissa = exponent === 0 ? fraction : fraction | 0x80_0000;
  // In quarters of the last bit, so that the halfway points on both sides are whole numbers. Below a power of two
  // floats are twice as dense.
  const value = 4n * BigInt(mantissa);
  const above = value + 2n;
  const below = value - (fraction === 0 && exponent > 1 ? 1n : 2n);
  const power = Math.max(exponent, 1) - 150 - 2;
  const [multiplier, divisor] = power < 0 ? [1n, 1n << BigInt(-power)] : [1n << BigInt(power), 1n];

  // Every float is told apart by nine digits.
  const leading = Math.floor(Math.log10(Math.abs(float)));
  for (let digits = 1; digits <= 9; digits++) {
    const tens = leading - digits + 1;
    const up = multiplier * (tens < 0 ? 10n ** BigInt(-tens) : 1n);
    const down = divisor * (tens < 0 ? 1n : 10n ** BigInt(tens));
    const fits = (decimal: bigint): boolean => decimal * down > below * up && decimal * down < above * up;
    const floor = (value * up) / down;
    const rest = 2n * (value * up - floor * down);
    const nearest = rest > down || (rest === down && floor % 2n === 1n) ? floor + 1n : floor;
    const other = nearest === floor ? floor + 1n : floor;
    const decimal = fits(nearest) ? nearest : other;
    if (fits(decimal)) return Math.sign(float) * Number(`${decimal}e${tens}`);
  }
  return float;
}
