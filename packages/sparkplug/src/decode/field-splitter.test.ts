import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '../faults.ts';
import { bytesOf, delimited, fixed32, fixed64, varint } from '../testing/wire-bytes.ts';
import { FieldSplitter } from './field-splitter.ts';
import type { TopField } from './field-splitter.ts';

type Seen = [TopField, string];

/** Feeds the payload cut at the positions given and notes what comes out. */
function split(payload: Buffer, cuts: readonly number[], metricBytes = 1_000): Seen[] {
  const splitter = new FieldSplitter({ metricBytes, bodies: false });
  const seen: Seen[] = [];
  const edges = [0, ...[...cuts].toSorted((a, b) => a - b), payload.length];
  edges.slice(1).forEach((edge, index) => {
    splitter.feed(payload.subarray(edges[index], edge));
    for (let field = splitter.next(); field !== 'more'; field = splitter.next()) {
      const isNumber = field === 'timestamp' || field === 'seq';
      const text = isNumber ? String(splitter.value) : splitter.buffer.toString('utf8', splitter.start, splitter.end);
      seen.push([field, field === 'oversized' ? '' : text]);
    }
  });
  splitter.finish();
  return seen;
}

function outcomeOf(payload: Buffer): string {
  try {
    split(payload, []);
    return 'complete';
  } catch (error) {
    if (error instanceof PayloadError) return error.reason;
    throw error;
  }
}

const PAYLOAD = bytesOf(
  varint(1, 2n ** 64n - 1n),
  delimited(2, 'first'),
  delimited(7, 'unknown, and longer than the metrics around it'),
  delimited(2, ''),
  fixed64(8, 1),
  fixed32(9, 1),
  varint(3, 255),
  bytesOf(Buffer.from([0x53]), delimited(2, 'inside a group'), varint(1, 5), Buffer.from([0x54])),
  delimited(2, 'x'.repeat(300)),
  delimited(5, 'a body that is skipped'),
  delimited(2, 'y'.repeat(1_500)),
  delimited(4, 'uuid'),
  delimited(2, 'last'),
);

const FIELDS: Seen[] = [
  ['timestamp', '18446744073709551615'],
  ['metric', 'first'],
  ['metric', ''],
  ['seq', '255'],
  ['metric', 'x'.repeat(300)],
  ['oversized', ''],
  ['uuid', 'uuid'],
  ['metric', 'last'],
];

describe('FieldSplitter', () => {
  it('SPB-21 finds the fields of a payload given at once', () => {
    expect(split(PAYLOAD, [])).toEqual(FIELDS);
  });

  it('finds the same fields when the payload is cut at any one place', () => {
    for (let cut = 0; cut <= PAYLOAD.length; cut++) expect(split(PAYLOAD, [cut])).toEqual(FIELDS);
  });

  it('finds the same fields when the payload comes byte by byte', () => {
    expect(split(PAYLOAD, [...PAYLOAD.keys()])).toEqual(FIELDS);
  });

  it('finds the same fields when the payload is cut anywhere', () => {
    const cuts = fc.array(fc.nat(PAYLOAD.length), { maxLength: 40 });
    fc.assert(fc.property(cuts, (places) => expect(split(PAYLOAD, places)).toEqual(FIELDS)));
  });

  it('says so when the payload ends within a field', () => {
    const outcomes = [...PAYLOAD.keys(), PAYLOAD.length].map((length) => outcomeOf(PAYLOAD.subarray(0, length)));
    // Complete after nothing, and after each of the 13 fields.
    expect(outcomes.filter((outcome) => outcome === 'complete')).toHaveLength(14);
    expect(new Set(outcomes)).toEqual(new Set(['complete', 'PAYLOAD_TRUNCATED']));
  });

  it.each([
    ['field number 0', [0x02, 0x00]],
    ['wire type 6', [0x16]],
    ['wire type 7', [0x17]],
    ['a group that ends only', [0x54]],
    ['a number of eleven bytes', [0x08, ...Array.from({ length: 10 }, () => 0xff), 0x01]],
    ['a tag beyond 32 bits', [0xff, 0xff, 0xff, 0xff, 0x7f, 0x00]],
    ['a length beyond 2 GiB', [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['groups without end', Array.from({ length: 200 }, () => 0x53)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => split(Buffer.from(bytes), [])).toThrow(expect.objectContaining({ reason: 'PAYLOAD_MALFORMED' }));
  });

  it('holds no more than a field, however long the fields it skips', () => {
    const splitter = new FieldSplitter({ metricBytes: 100, bodies: false });
    splitter.feed(Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x07]));
    expect(splitter.next()).toBe('oversized');
    for (let i = 0; i < 1_000; i++) {
      splitter.feed(Buffer.alloc(1_000));
      expect(splitter.next()).toBe('more');
    }
    expect(() => splitter.finish()).toThrow('PAYLOAD_TRUNCATED');
  });
});
