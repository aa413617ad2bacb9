import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { encodePayload } from '../encode/birth.ts';
import { readMetric, valuesOf } from '../testing/read-birth.ts';
import { propertiesOf } from '../testing/read-property.ts';
import type { PropertyInput } from '../encode/input.ts';

const { Double } = Datatype;

describe('the properties seen in the field', () => {
  it('SPB-10 SPB-11 reads them like any others, Quality and its 32-bit codes included', async () => {
    const properties: PropertyInput[] = [
      { key: 'engUnit', type: 12, value: '°C' },
      { key: 'engLow', type: 10, value: 0 },
      { key: 'engHigh', type: 10, value: 1_450 },
      { key: 'documentation', type: 12, value: '' },
      { key: 'tooltip', type: 12, value: 'Sinterzone' },
      { key: 'Quality', type: 3, value: -2_147_483_132 },
      { key: 'executionMode', type: 12, value: 'EventDriven' },
      { key: 'executionRate', type: 3, value: 1_000 },
      { key: 'retained', type: 11, value: false },
      { key: 'UoM', type: 12, value: 'celsius' },
    ];
    expect((await propertiesOf(properties)).properties).toEqual(properties);
  });

  it('SPB-11 takes metadata.description as documentation', async () => {
    const described = { name: 'tag', datatype: Double, description: 'Heat of the kiln' };
    const metric = await readMetric(encodePayload({ metrics: [described] }));
    expect(metric.properties).toEqual([{ key: 'documentation', type: 12, value: 'Heat of the kiln' }]);
  });

  it('SPB-11 prefers the property documentation, unless it is null', async () => {
    const metricWith = async (documentation: string | null) => {
      const properties = [{ key: 'documentation', type: 12, value: documentation }];
      return await readMetric(
        encodePayload({ metrics: [{ name: 'tag', datatype: Double, description: 'metadata', properties }] }),
      );
    };
    expect(valuesOf(await metricWith('property'))).toEqual({ documentation: 'property' });
    expect(valuesOf(await metricWith(''))).toEqual({ documentation: '' });
    expect(valuesOf(await metricWith(null))).toEqual({ documentation: 'metadata' });
  });
});
