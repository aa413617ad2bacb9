import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DatasetGuard } from './dataset-guard.ts';
import { EncodedProperties, encodedSize, ENVELOPE_BYTES } from './encoded-properties.ts';
import { packRequests, type TagWrites } from './pack-requests.ts';

const at = '2025-08-26T12:00:00.0000000Z';

const tagWithBytes = (tag: string, bytes: number): TagWrites => {
  const empty = encodedSize(tag, [['p', at, '']]);
  return { tag, properties: [['p', at, 'x'.repeat(bytes - empty)]] };
};

const anyTag = fc.record({
  tag: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).map((name) => `Secil.${name}`),
  properties: fc.array(
    fc.tuple(
      fc.string({ minLength: 1, maxLength: 10 }),
      fc.constant(at),
      fc.oneof(fc.string({ maxLength: 300, unit: 'grapheme' }), fc.integer(), fc.boolean()),
    ),
    { minLength: 1, maxLength: 5 },
  ),
});

describe('packing tags into requests', () => {
  it('TC-20 never exceeds the limits, loses nothing and keeps the order', () => {
    const limits = { maxTags: 7, maxBytes: ENVELOPE_BYTES + 1_500 };
    fc.assert(
      fc.property(fc.uniqueArray(anyTag, { selector: ({ tag }) => tag, maxLength: 60 }), (entries) => {
        const { requests, tooLarge } = packRequests(entries, limits);
        const large = new Set(tooLarge.map(({ entry }) => entry));
        expect(requests.flat()).toEqual(entries.filter((entry) => !large.has(entry)));
        for (const { bytes } of tooLarge) expect(bytes).toBeGreaterThan(limits.maxBytes);
        for (const request of requests) {
          expect(request.length).toBeGreaterThan(0);
          expect(request.length).toBeLessThanOrEqual(limits.maxTags);
          const body = EncodedProperties.encode(
            new Map(request.map(({ tag, properties }) => [tag, properties])),
            new DatasetGuard(null),
          );
          expect(body.bytes + ENVELOPE_BYTES).toBeLessThanOrEqual(limits.maxBytes + 1);
        }
        // No two neighbours would have fitted into one request.
        for (const [place, request] of requests.entries()) {
          const next = requests[place + 1]?.[0];
          if (next === undefined) continue;
          const bytes = [...request, next].reduce((sum, { tag, properties }) => sum + encodedSize(tag, properties), 0);
          expect(request.length === limits.maxTags || bytes + ENVELOPE_BYTES > limits.maxBytes).toBe(true);
        }
      }),
    );
  });

  it('puts 100 tags into one request and the next into another', () => {
    const entries = Array.from({ length: 250 }, (_, i) => tagWithBytes(`Secil.${i}`, 100));
    expect(packRequests(entries).requests.map((request) => request.length)).toEqual([100, 100, 50]);
  });

  it('starts a new request where 1 MB would be exceeded', () => {
    const entries = ['Secil.a', 'Secil.b', 'Secil.c'].map((tag) => tagWithBytes(tag, 400_000));
    expect(packRequests(entries).requests.map((request) => request.length)).toEqual([2, 1]);
  });

  it('reports a single tag above 1 MB, and the others go through', () => {
    const room = 1_000_000 - ENVELOPE_BYTES;
    const entries = [tagWithBytes('Secil.a', 100), tagWithBytes('Secil.b', room + 1), tagWithBytes('Secil.c', room)];
    const packed = packRequests(entries);
    expect(packed.requests.map((request) => request.map(({ tag }) => tag))).toEqual([['Secil.a'], ['Secil.c']]);
    expect(packed.tooLarge).toEqual([{ entry: entries[1], bytes: 1_000_001 }]);
  });

  it('of nothing makes nothing', () => {
    expect(packRequests([])).toEqual({ requests: [], tooLarge: [] });
  });
});
