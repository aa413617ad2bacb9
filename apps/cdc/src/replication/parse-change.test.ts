import { describe, expect, it } from '@jest/globals';
import { formatLsn, parseLsn } from './lsn.ts';
import { parseChange, UnexpectedStreamError } from './parse-change.ts';

const text = (value: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from('t'), length, Buffer.from(value)]);
};
const tuple = (letter: string, columns: (string | null)[]): Buffer =>
  Buffer.concat([
    Buffer.from(letter),
    Buffer.from([0, columns.length]),
    ...columns.map((c) => (c === null ? Buffer.from('n') : text(c))),
  ]);
const row = (letter: string, ...tuples: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(letter), Buffer.from([0, 0, 0, 9]), ...tuples]);
const columns = new Map([[9, 1]]);

describe('reading pgoutput', () => {
  it('takes the metric id from the column that has it, and no other', () => {
    expect(parseChange(row('I', tuple('N', ['x', '42', null])), columns)).toEqual({ kind: 'row', metricIds: [42] });
    expect(parseChange(row('D', tuple('K', [null, '42'])), columns)).toEqual({ kind: 'row', metricIds: [42] });
    expect(parseChange(row('U', tuple('N', ['x', '9007199254740991'])), columns)).toEqual({
      kind: 'row',
      metricIds: [9_007_199_254_740_991],
    });
  });

  it('takes both metrics of a row that moved from one to the other, and one of a row that did not', () => {
    expect(parseChange(row('U', tuple('K', ['x', '1']), tuple('N', ['x', '2'])), columns)).toEqual({
      kind: 'row',
      metricIds: [1, 2],
    });
    expect(parseChange(row('U', tuple('O', ['x', '1']), tuple('N', ['y', '1'])), columns)).toEqual({
      kind: 'row',
      metricIds: [1],
    });
  });

  it('PROMISE-1 refuses rows whose metric it cannot tell', () => {
    expect(() => parseChange(row('I', tuple('N', ['x', '1'])), new Map())).toThrow(UnexpectedStreamError);
    expect(() => parseChange(row('I', tuple('N', ['x', null])), columns)).toThrow(UnexpectedStreamError);
    const relation = Buffer.concat([
      Buffer.from('R'),
      Buffer.from([0, 0, 0, 9]),
      Buffer.from('s\0t\0d'),
      Buffer.from([0, 0]),
    ]);
    expect(() => parseChange(relation, new Map())).toThrow('without its metric_id');
  });

  it.each(['0/0', '0/1988FA0', '16/B374D848', 'FFFFFFFF/FFFFFFFF'])('reads and writes the LSN %s', (lsn) => {
    expect(formatLsn(parseLsn(lsn))).toBe(lsn);
  });

  it.each(['', '0', '0/', '/0', '0/123456789', 'x/0', '0/0 '])('refuses "%s" as an LSN', (lsn) => {
    expect(() => parseLsn(lsn)).toThrow(SyntaxError);
  });
});
