import { describe, expect, it } from '@jest/globals';
import { Dictionary } from './dictionary.ts';
import type { Scalar } from './scalar.ts';

describe('dictionary', () => {
  it('gives each distinct value one number and finds it again', () => {
    const dictionary = new Dictionary<Scalar>();
    const values: Scalar[] = ['', '1', 1, 1.5, -1.5, 0, true, false, null, 'true', 'null', '__proto__', 'é', 'e'];
    const numbers = values.map((value) => dictionary.number(value));
    expect(new Set(numbers).size).toBe(values.length);
    expect(values.map((value) => dictionary.number(value))).toEqual(numbers);
    expect(numbers.map((number) => dictionary.value(number))).toEqual(values);
    expect(dictionary.find('absent')).toBeUndefined();
    expect(() => dictionary.value(values.length + 1)).toThrow(RangeError);
  });

  it('keeps numbers over many pages', () => {
    const dictionary = new Dictionary<string>();
    const numbers = Array.from({ length: 50_000 }, (_, index) => dictionary.number(`value ${index}`));
    expect(numbers.every((number, index) => number === index + 1)).toBe(true);
    expect(dictionary.value(40_001)).toBe('value 40000');
    expect(dictionary.size).toBe(50_000);
  });
});
