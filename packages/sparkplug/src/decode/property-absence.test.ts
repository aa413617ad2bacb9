import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { encodePayload } from '../encode/birth.ts';
import { readMetric, reasonsOf, valuesOf } from '../testing/read-birth.ts';
import { propertiesOf, propertyOf, text } from '../testing/read-property.ts';
import { delimited, metricOf, payloadOf, propertyKey, propertyValue, varint } from '../testing/wire-bytes.ts';

const { Double } = Datatype;

describe('null, empty and absent', () => {
  it('SPB-06 a null property is absent, whatever else it carries; an empty text is a value', async () => {
    const metric = await readMetric(
      payloadOf(
        metricOf(
          'tag',
          ...['null', 'null with a value', 'empty'].map((name) => propertyKey(name)),
          propertyValue(varint(1, Datatype.String), varint(2, 1)),
          propertyValue(varint(1, Datatype.String), delimited(8, 'ghost'), varint(2, 1)),
          propertyValue(...text('')),
        ),
      ),
    );
    expect(valuesOf(metric)).toEqual({ empty: '' });
    expect(metric.faults).toEqual([]);
  });

  it('SPB-06 a property without any value counts as absent and is noted', async () => {
    const metric = await propertyOf(varint(1, Double));
    expect(metric.properties).toEqual([]);
    expect(reasonsOf(metric)).toEqual(['PROPERTY_WITHOUT_VALUE']);
  });

  it('SPB-06 the properties of a null metric count all the same', async () => {
    const metric = await readMetric(
      encodePayload({
        metrics: [
          { name: 'tag', datatype: Double, value: null, properties: [{ key: 'engUnit', type: 12, value: 't/h' }] },
        ],
      }),
    );
    expect(metric.isNull).toBe(true);
    expect(valuesOf(metric)).toEqual({ engUnit: 't/h' });
  });

  it('SPB-09 says nothing of a property that is not in this birth', async () => {
    const before = await propertiesOf([
      { key: 'engUnit', type: 12, value: 't/h' },
      { key: 'tooltip', type: 12, value: 'Kiln feed' },
    ]);
    const after = await propertiesOf([{ key: 'engUnit', type: 12, value: 't/h' }]);
    expect(Object.keys(valuesOf(before))).toEqual(['engUnit', 'tooltip']);
    expect(Object.keys(valuesOf(after))).toEqual(['engUnit']);
  });
});
