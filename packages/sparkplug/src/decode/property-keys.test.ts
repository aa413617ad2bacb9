import { describe, expect, it } from '@jest/globals';
import { readMetric, reasonsOf, valuesOf } from '../testing/read-birth.ts';
import { propertiesOf, text } from '../testing/read-property.ts';
import { delimited, metricOf, payloadOf, propertyKey, propertyValue } from '../testing/wire-bytes.ts';

describe('keys', () => {
  it('SPB-07 keeps the pairs of more keys than values and says which keys are left', async () => {
    const metric = await readMetric(
      payloadOf(
        metricOf(
          'tag',
          propertyKey('a'),
          propertyKey('b'),
          propertyKey('c'),
          propertyValue(...text('1')),
          propertyValue(...text('2')),
        ),
      ),
    );
    expect(valuesOf(metric)).toEqual({ a: '1', b: '2' });
    expect(metric.faults).toEqual([
      { reason: 'PROPERTIES_MISMATCHED', key: null, detail: '3 keys, 2 values: no value for "c"' },
    ]);
  });

  it('SPB-07 keeps the pairs of more values than keys', async () => {
    const metric = await readMetric(
      payloadOf(
        metricOf(
          'tag',
          propertyKey('a'),
          propertyValue(...text('1')),
          propertyValue(...text('2')),
          propertyValue(...text('3')),
        ),
      ),
    );
    expect(valuesOf(metric)).toEqual({ a: '1' });
    expect(metric.faults).toEqual([{ reason: 'PROPERTIES_MISMATCHED', key: null, detail: '1 keys, 3 values' }]);
  });

  it.each([
    ['keys first', [propertyKey('a'), propertyKey('b'), propertyValue(...text('1')), propertyValue(...text('2'))]],
    ['values first', [propertyValue(...text('1')), propertyValue(...text('2')), propertyKey('a'), propertyKey('b')]],
    ['in turns', [propertyKey('a'), propertyValue(...text('1')), propertyKey('b'), propertyValue(...text('2'))]],
    ['mixed', [propertyKey('a'), propertyValue(...text('1')), propertyValue(...text('2')), propertyKey('b')]],
  ])('SPB-07 pairs keys and values sent %s', async (_name, parts) => {
    expect(valuesOf(await readMetric(payloadOf(metricOf('tag', ...parts))))).toEqual({ a: '1', b: '2' });
  });

  it('SPB-07 pairs keep their order when values come before their keys: the last of two equal keys counts', async () => {
    const [first, second] = [propertyValue(...text('1')), propertyValue(...text('2'))];
    const mixed = payloadOf(metricOf('tag', first, propertyKey('a'), propertyKey('a'), second));
    expect(valuesOf(await readMetric(mixed))).toEqual({ a: '2' });
  });

  it('SPB-07 merges a property set sent in two fields, as protobuf asks', async () => {
    const split = payloadOf(
      Buffer.concat([
        metricOf('tag', propertyKey('a'), propertyKey('b'), propertyValue(...text('1'))),
        delimited(9, propertyValue(...text('2'))),
      ]),
    );
    expect(valuesOf(await readMetric(split))).toEqual({ a: '1', b: '2' });
  });

  it('SPB-07 the last of two equal keys counts, and the key is noted', async () => {
    const metric = await propertiesOf([
      { key: 'engUnit', type: 12, value: 't' },
      { key: 'engHigh', type: 10, value: 5 },
      { key: 'engUnit', type: 12, value: 'kg' },
    ]);
    expect(valuesOf(metric)).toEqual({ engUnit: 'kg', engHigh: 5 });
    expect(metric.faults).toEqual([expect.objectContaining({ reason: 'KEY_DUPLICATE', key: 'engUnit' })]);
  });

  it('SPB-07 a null that comes last takes away the value before it', async () => {
    const metric = await propertiesOf([
      { key: 'engUnit', type: 12, value: 't' },
      { key: 'engUnit', type: 12, value: null },
    ]);
    expect(metric.properties).toEqual([]);
  });

  it('SPB-07 keeps keys that name parts of every object', async () => {
    const keys = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype', '__defineGetter__'];
    const metric = await propertiesOf(keys.map((name) => ({ key: name, type: 12, value: name })));
    expect(metric.properties.map((property) => [property.key, property.value])).toEqual(keys.map((k) => [k, k]));
    expect(metric.faults).toEqual([]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it.each([
    ['empty', Buffer.alloc(0), 'KEY_EMPTY'],
    ['not UTF-8', Buffer.from([0x66, 0xff]), 'KEY_NOT_TEXT'],
    ['with a NUL', Buffer.from('a\0b'), 'KEY_NOT_TEXT'],
    ['too long', Buffer.alloc(2_000, 'k'), 'KEY_TOO_LONG'],
  ])('SPB-07 leaves out a property whose key is %s, and keeps its neighbours', async (_name, bad, reason) => {
    const values = ['1', '2', '3'].map((content) => propertyValue(...text(content)));
    const metric = await readMetric(
      payloadOf(metricOf('tag', propertyKey('a'), propertyKey(bad), propertyKey('b'), ...values)),
    );
    expect(valuesOf(metric)).toEqual({ a: '1', b: '3' });
    expect(reasonsOf(metric)).toEqual([reason]);
  });
});
