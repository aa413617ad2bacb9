import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS } from '../limits.ts';
import { bytesOf, delimited, metricOf, payloadOf, varint } from '../testing/wire-bytes.ts';
import { FieldSplitter } from './field-splitter.ts';
import { FlatMetrics } from './flat-metrics.ts';
import { NameSet } from './name-set.ts';
import { Ordinals } from './ordinals.ts';

describe('a set of names', () => {
  it('tells thousands of similar names from as many others', () => {
    const names = new NameSet();
    const nameOf = (i: number): string => `Maceira/431 - Kiln/Zone ${i % 7}/T${i}`;
    for (let i = 0; i < 20_000; i++) names.add(nameOf(i));
    for (let i = 0; i < 20_000; i++) names.add(nameOf(i));
    expect(names.size).toBe(20_000);
    const wrong = Array.from({ length: 40_000 }, (_, i) => i).filter((i) => names.has(nameOf(i)) !== i < 20_000);
    expect(wrong).toEqual([]);
  });

  it('has the empty name only when it was added', () => {
    const names = new NameSet();
    expect(names.has('')).toBe(false);
    names.add('');
    expect(names.has('')).toBe(true);
    expect(names.has('\0')).toBe(false);
  });

  it('PROMISE-6 SPB-13 is all that a birth with instances holds of its names: 32 bytes a name, however long', () => {
    const long = 'x'.repeat(4_000);
    const metrics = Array.from({ length: 2_000 }, (_, i) => metricOf(`${long}/${i}`));
    const template = bytesOf(delimited(1, 'M'), varint(4, 19), delimited(18));
    const flat = new FlatMetrics(DEFAULT_LIMITS, new Ordinals(DEFAULT_LIMITS.metrics));
    const splitter = new FieldSplitter({ metricBytes: DEFAULT_LIMITS.metricBytes, bodies: false });
    splitter.feed(payloadOf(template, ...metrics, metricOf('no member of anything')));
    for (let field = splitter.next(); field !== 'more'; field = splitter.next()) {
      if (field === 'metric') flat.read(splitter, []);
    }
    expect(flat.namesBehind).toBeInstanceOf(NameSet);
    expect(flat.namesBehind.size).toBe(2_000);
    expect(flat.namesBehind.bytes).toBeLessThanOrEqual(2_000 * 32);
  });
});
