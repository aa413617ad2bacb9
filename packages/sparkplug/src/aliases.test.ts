import { describe, expect, it } from '@jest/globals';
import { AliasTable, resolveName } from './aliases.ts';
import { encodePayload } from './encode/birth.ts';
import { readBirth } from './testing/read-birth.ts';

function tableOf(pairs: Record<string, string>): AliasTable {
  return AliasTable.fromJSON(pairs);
}

describe('aliases', () => {
  it('SPB-17 reads aliases as unsigned 64-bit numbers, 0 among them', async () => {
    const aliases = [0, 1, 2 ** 32, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
    const { metrics } = await readBirth(encodePayload({ metrics: aliases.map((alias) => ({ alias, datatype: 10 })) }));
    expect(metrics.map((metric) => metric.alias)).toEqual(aliases.map(String));
    expect(metrics.every((metric) => !metric.rejected && metric.name === null)).toBe(true);
  });

  it('SPB-17 an empty name is none', async () => {
    const { metrics } = await readBirth(
      encodePayload({
        metrics: [
          { name: '', alias: 7, datatype: 10 },
          { name: '', datatype: 10 },
        ],
      }),
    );
    expect(metrics).toMatchObject([
      { rejected: false, name: null, alias: '7' },
      { rejected: true, reason: 'NAME_MISSING' },
    ]);
  });

  it('SPB-17 rejects a metric with neither name nor alias, and keeps the next', async () => {
    const { metrics } = await readBirth(encodePayload({ metrics: [{ datatype: 10 }, { name: 'b', datatype: 10 }] }));
    expect(metrics).toMatchObject([
      { rejected: true, ordinal: 0, reason: 'NAME_MISSING' },
      { rejected: false, ordinal: 1, name: 'b' },
    ]);
  });

  it('SPB-17 TC-05 TC-12 asks the birth, then the device, then the node, then makes do with the number', () => {
    const known = { device: tableOf({ 0: 'zero', 1: 'of device' }), node: tableOf({ 1: 'of node', 2: 'two' }) };
    const resolve = (name: string | null, alias: string | null) => resolveName({ name, alias }, known);
    expect(resolve('own', '1')).toEqual({ from: 'birth', name: 'own' });
    expect(resolve(null, '0')).toEqual({ from: 'device', name: 'zero' });
    expect(resolve(null, '1')).toEqual({ from: 'device', name: 'of device' });
    expect(resolve(null, '2')).toEqual({ from: 'node', name: 'two' });
    expect(resolve(null, '3')).toMatchObject({
      from: 'nowhere',
      name: 'alias:3',
      fault: { reason: 'ALIAS_UNRESOLVED' },
    });
  });

  it('SPB-17 the first of two equal aliases keeps it', () => {
    const table = new AliasTable();
    expect(table.learn('5', 'first')).toBeNull();
    expect(table.learn('5', 'first')).toBeNull();
    expect(table.learn('5', 'second')).toEqual({ reason: 'ALIAS_DUPLICATE', key: null, detail: 'alias 5 is first' });
    expect(table.nameOf('5')).toBe('first');
    expect(table.nameOf('6')).toBeNull();
  });

  it('SPB-17 TC-12 comes back from a durable row as it was', () => {
    const table = new AliasTable();
    table.learn('18446744073709551615', 'Maceira/Kiln 1');
    table.learn('0', '__proto__');
    const row = JSON.stringify(table);
    const back = AliasTable.fromJSON(JSON.parse(row));
    expect(back.size).toBe(2);
    expect([table.characters, back.characters]).toEqual([23, 23]);
    expect(back.nameOf('0')).toBe('__proto__');
    expect(back.nameOf('18446744073709551615')).toBe('Maceira/Kiln 1');
  });

  it.each([null, 5, [], { a: 'name' }, { 1: 2 }, { '-1': 'name' }])('does not take %j for a table', (row) => {
    expect(() => AliasTable.fromJSON(row)).toThrow(TypeError);
  });
});
