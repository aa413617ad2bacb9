import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { PropertyValue } from '../contracts/property-write.ts';
import { applyDiff, diffProperties, isEmptyDiff, type Properties } from './property-diff.ts';

// Like JSON.parse, it makes `__proto__` a key like any other.
const fromEntries = (entries: readonly (readonly [string, PropertyValue])[]): Properties => Object.fromEntries(entries);

const key = fc.constantFrom('engUnit', 'engLow', 'Z', 'a', 'é', '10', '9', '__proto__', 'constructor', 'toString');
const value: fc.Arbitrary<PropertyValue> = fc.constantFrom<PropertyValue>('', '0', 'NaN', 0, 1, 0.1, true, false);
const properties = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name }).map(fromEntries);
const sorted = (of: Properties): string => JSON.stringify(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)));

describe('the diff of properties', () => {
  it('TC-05 is exact: applied to what was delivered it gives what is desired', () => {
    fc.assert(
      fc.property(properties, properties, (desired, delivered) => {
        expect(sorted(applyDiff(diffProperties(desired, delivered), delivered))).toBe(sorted(desired));
      }),
      { numRuns: 2000 },
    );
  });

  it('TC-05 is minimal: nothing in it is there already, nothing in it can be left out', () => {
    fc.assert(
      fc.property(properties, properties, (desired, delivered) => {
        const { changed, removed } = diffProperties(desired, delivered);
        const before = new Map(Object.entries(delivered));
        const after = new Map(Object.entries(desired));
        for (const [name, to] of changed) expect(before.get(name)).not.toBe(to);
        for (const name of removed) expect([before.has(name), after.has(name)]).toEqual([true, false]);
        const untouched = [...after].filter(([name, to]) => before.get(name) === to).length;
        expect(changed.size).toBe(after.size - untouched);
        expect(isEmptyDiff(diffProperties(desired, desired))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('TC-05 is deterministic: in the order of the keys, whatever order they come in', () => {
    fc.assert(
      fc.property(properties, properties, (desired, delivered) => {
        const diff = diffProperties(desired, delivered);
        const turned = diffProperties(
          fromEntries(Object.entries(desired).toReversed()),
          fromEntries(Object.entries(delivered).toReversed()),
        );
        expect([...turned.changed]).toEqual([...diff.changed]);
        expect(turned.removed).toEqual(diff.removed);
        expect([...diff.changed.keys()]).toEqual([...diff.changed.keys()].toSorted());
        expect(diff.removed).toEqual(diff.removed.toSorted());
      }),
    );
  });

  it('TC-05 takes no value for another of a different type', () => {
    const diff = diffProperties({ a: '1', b: 1, c: true, d: '' }, { a: 1, b: '1', c: 'true', d: 0 });
    expect([...diff.changed]).toEqual([
      ['a', '1'],
      ['b', 1],
      ['c', true],
      ['d', ''],
    ]);
  });

  it('TC-05 is not fooled by what every object inherits', () => {
    const desired = fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect([...diffProperties(desired, {}).changed]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(diffProperties({}, desired).removed).toEqual(['__proto__', 'constructor']);
    expect(sorted(applyDiff(diffProperties(desired, {}), {}))).toBe(sorted(desired));
  });
});
