import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Datatype } from '../datatype.ts';
import { encodeBirth } from '../encode/birth.ts';
import type { MetricInput } from '../encode/input.ts';
import { learnTemplates } from '../templates/learn.ts';
import { PayloadError } from '../faults.ts';
import { readBirth } from '../testing/read-birth.ts';

const METRICS: MetricInput[] = [
  {
    name: 'Kiln/Temp',
    alias: 300,
    datatype: Datatype.Double,
    value: 1_450.5,
    description: 'Sinter zone',
    properties: [
      { key: 'engUnit', type: Datatype.String, value: '°C' },
      { key: 'Quality', type: Datatype.Int32, value: -2_147_483_132 },
      { key: 'limits', set: [{ key: 'high', type: Datatype.Double, value: 1_500 }] },
      { key: 'steps', list: [[{ key: 'at', type: Datatype.Int64, value: 2n ** 60n }]] },
    ],
  },
  { name: 'Recipe', datatype: Datatype.DataSet, value: { columns: ['a', 'b'], types: [3, 12], rows: [[1, 'x']] } },
  {
    name: 'Motor',
    datatype: Datatype.Template,
    value: {
      isDefinition: false,
      templateRef: 'M',
      parameters: [{ name: 'p', type: Datatype.Int32, value: 4 }],
      metrics: [{ name: 'Speed', datatype: Datatype.Float, value: 2 }],
    },
  },
];

/** Reads the payload in both ways; throws where the decoder breaks its word. */
async function survives(payload: Uint8Array): Promise<void> {
  const { metrics, header } = await readBirth(payload);
  expect(metrics).toHaveLength(header.metricCount);
  try {
    await learnTemplates(payload);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
  }
}

describe('untrusted bytes', () => {
  it.each(['none', 'gzip', 'deflate'] as const)(
    'cut at any place, end as metrics and a reason: %s',
    async (compression) => {
      const payload = await encodeBirth({ timestamp: 1, seq: 1, metrics: METRICS }, { compression });
      const whole = await readBirth(payload);
      expect(whole.error).toBeNull();
      for (let length = 0; length < payload.length; length++) {
        const { metrics, error } = await readBirth(payload.subarray(0, length));
        // Without an error the cut fell between two fields, and what was read is what stands there.
        expect([length, error === null && metrics.length > whole.metrics.length]).toEqual([length, false]);
      }
    },
  );

  it.each(['none', 'deflate'] as const)('with any one byte changed, end in finite time: %s', async (compression) => {
    const payload = await encodeBirth({ timestamp: 1, seq: 1, metrics: METRICS }, { compression });
    for (let at = 0; at < payload.length; at++) {
      const changed = Buffer.from(payload);
      changed.writeUInt8(changed.readUInt8(at) ^ (at % 2 === 0 ? 0x01 : 0x80), at);
      await expect(survives(changed)).resolves.toBeUndefined();
    }
  });

  it('of any kind end as metrics and a reason', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), survives), { numRuns: 500 });
  });
});
