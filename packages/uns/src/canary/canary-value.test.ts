import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { TypedValue } from '../typing/typed-property.ts';
import { toCanaryValue } from './canary-value.ts';
import { shortestFloat } from './shortest-float.ts';

describe('a typed value as Canary is given it', () => {
  it.each<[TypedValue, unknown]>([
    [{ type: 'int', value: -2147483132 }, -2147483132],
    [{ type: 'boolean', value: false }, false],
    [{ type: 'string', value: 'kcal/kg' }, 'kcal/kg'],
    [{ type: 'string', value: '' }, ''],
    [{ type: 'long', value: 2 ** 53 - 1 }, 9007199254740991],
    [{ type: 'long', value: -(2n ** 53n) }, '-9007199254740992'],
    [{ type: 'long', value: 2n ** 63n - 1n }, '9223372036854775807'],
    [{ type: 'long', value: 5n }, 5],
    [{ type: 'double', value: 0.1 }, 0.1],
    [{ type: 'double', value: -0 }, 0],
    [{ type: 'float', value: -0 }, 0],
    [{ type: 'double', value: Number.NaN }, 'NaN'],
    [{ type: 'double', value: Infinity }, 'Infinity'],
    [{ type: 'float', value: -Infinity }, '-Infinity'],
    [{ type: 'float', value: Math.fround(0.1) }, 0.1],
  ])('TC-20 %j becomes %j', (typed, expected) => {
    expect(toCanaryValue(typed)).toBe(expected);
  });

  it('TC-20 is always a JSON scalar that survives JSON', () => {
    const typed = fc.oneof(
      fc.double().map((value): TypedValue => ({ type: 'double', value })),
      fc.float().map((value): TypedValue => ({ type: 'float', value })),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value): TypedValue => ({ type: 'long', value })),
    );
    fc.assert(
      fc.property(typed, (given) => {
        const value = toCanaryValue(given);
        expect(JSON.parse(JSON.stringify(value))).toBe(value);
      }),
    );
  });
});

describe('the shortest form of a float', () => {
  // What PostgreSQL 16 answers to to_jsonb(real). Compared with it once for 3.4 million floats: all powers of two with
  // their neighbours, and random ones of every size.
  it.each([
    [Math.fround(0.1), 0.1],
    [Math.fround(3.14), 3.14],
    [2 ** -149, 1e-45],
    [2 ** -126, 1.1754944e-38],
    [Math.fround(3.4028235e38), 3.4028235e38],
    [2 ** -96, 1.2621775e-29],
    [2 ** -12, 0.00024414062],
    [1048576.25, 1048576.2],
    [50331648, 50331648],
    [-49264928, -49264928],
    [2661735.25, 2661735.2],
    [0, 0],
  ])('TC-20 of %d is %d', (float, shortest) => {
    expect(shortestFloat(float)).toBe(shortest);
  });

  it('TC-20 is the same float, and no shorter number is', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true }).filter((value) => value !== 0);
    fc.assert(
      fc.property(float, (value) => {
        const shortest = shortestFloat(value);
        expect(isOnly(value, shortest)).toBe(true);
        const digits = shortest.toExponential().replace(/^-|\.|e.*$/g, '').length;
        for (let fewer = 1; fewer < digits; fewer++) {
          expect(isOnly(value, Number(value.toPrecision(fewer)))).toBe(false);
        }
      }),
    );
  });
});

/** Whether the number is nearer to this float than to both of its neighbours. */
function isOnly(float: number, decimal: number): boolean {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, float);
  const bits = view.getInt32(0);
  return [bits - 1, bits + 1].every((neighbour) => {
    view.setInt32(0, neighbour);
    // Beyond the greatest float stands infinity, as far away as one more step would be.
    const other = Math.max(-(2 ** 128), Math.min(view.getFloat32(0), 2 ** 128));
    return Math.abs(decimal - float) < Math.abs(decimal - other);
  });
}
