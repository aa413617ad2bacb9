import { describe, expect, it } from '@jest/globals';
import { idsByName, lineageOf, metricRows } from '@uns/metadata-store/testing';
import { Datatype, type BirthInput, type MetricInput } from '@uns/sparkplug';
import { suiteIngest } from './testing/suite-ingest.ts';

const node = 'Secil/NBIRTH/Portugal';
const device = 'Secil/DBIRTH/Portugal/Cement';
const unit = (value: string) => [{ key: 'unit', type: Datatype.String, value }];
const named = (name: string, alias: number, value = 'bar'): MetricInput => ({
  name,
  alias,
  datatype: Datatype.Double,
  properties: unit(value),
});
const aliasOnly = (alias: number, value = 'bar'): MetricInput => ({
  alias,
  datatype: Datatype.Double,
  properties: unit(value),
});
const birthOf = (...metrics: MetricInput[]): BirthInput => ({ timestamp: Date.now(), seq: 1, metrics });

describe('metrics with aliases', () => {
  const ingest = suiteIngest();

  const names = async () => Object.keys(await idsByName(ingest.sql));

  it('TC-12 get the names of the device’s last birth, also after a restart', async () => {
    await ingest.birth(device, birthOf(named('Kiln/Speed', 0), named('Kiln/Torque', 1)));
    expect(await ingest.birth(device, birthOf(aliasOnly(0), aliasOnly(1)))).toMatchObject({ outcome: 'same' });
    await ingest.restart();
    const line = await ingest.birth(device, birthOf(aliasOnly(0, 'mbar'), aliasOnly(1)));
    expect(line).toMatchObject({
      level: 'info',
      outcome: 'written',
      changes: { propertiesUpdated: 1, metricsCreated: 0 },
    });
    expect(await names()).toEqual(['Kiln/Speed', 'Kiln/Torque']);
  });

  it('TC-12 get the names of the node’s birth when the device has none, and the device’s first', async () => {
    await ingest.birth(node, birthOf(named('of node', 5), named('of node too', 6)));
    await ingest.birth(device, birthOf(named('of device', 5)));
    await ingest.restart();
    await ingest.birth(device, birthOf(aliasOnly(5), aliasOnly(6)));
    expect(await names()).toEqual(['of device', 'of node too']);
    // Metrics of the node itself are not stored.
    expect(await ingest.sql`select from uns_meta.devices`).toHaveLength(1);
  });

  it('TC-05 TC-12 stand as alias:<id> until a birth names them, and are then the same metrics', async () => {
    const line = await ingest.birth(device, birthOf(aliasOnly(7), aliasOnly(8)));
    expect(line).toMatchObject({ level: 'warn', outcome: 'written', quarantined: { ALIAS_UNRESOLVED: 2 } });
    const before = await idsByName(ingest.sql);
    expect(Object.keys(before)).toEqual(['alias:7', 'alias:8']);
    expect((await metricRows(ingest.sql))[0]?.path).toBe('Secil/Portugal/Cement/alias_7');

    const renamed = await ingest.birth(device, birthOf(named('Kiln/Speed', 7), aliasOnly(8)));
    expect(renamed).toMatchObject({
      changes: { metricsCreated: 0, metricsRenamed: 1, metricsRetired: 0, propertiesInserted: 0 },
    });
    expect(await idsByName(ingest.sql)).toEqual({
      'Kiln/Speed': before['alias:7'],
      'alias:8': before['alias:8'],
    });
    expect(await lineageOf(ingest.sql, before['alias:7'] ?? '')).toEqual([
      'Secil/Portugal/Cement/alias_7 -> Secil/Portugal/Cement/Kiln/Speed',
    ]);

    // The node names the other one; the birth of the device is the same as before.
    await ingest.birth(node, birthOf(named('Kiln/Torque', 8)));
    await ingest.birth(device, birthOf(aliasOnly(7), aliasOnly(8)));
    expect(await idsByName(ingest.sql)).toEqual({
      'Kiln/Speed': before['alias:7'],
      'Kiln/Torque': before['alias:8'],
    });
    const open = await ingest.sql`select from uns_meta.birth_quarantine where resolved_at is null`;
    expect(open).toHaveLength(0);
  });

  it('TC-12 learn nothing twice, and take a new number for an old name', async () => {
    const rows = () => ingest.sql`select xmin::text, aliases from uns_meta.device_aliases`;
    await ingest.birth(device, birthOf(named('A', 1), named('B', 2)));
    const before = await rows();
    await ingest.birth(device, birthOf(named('A', 1), named('B', 2)));
    expect(await rows()).toEqual(before);
    // The publisher has numbered anew; the metrics are the same, so the birth is too.
    expect(await ingest.birth(device, birthOf(named('A', 2), named('B', 1)))).toMatchObject({ outcome: 'same' });
    expect((await rows())[0]?.['aliases']).toEqual({ 1: 'B', 2: 'A' });
    await ingest.birth(device, birthOf(named('A', 3)));
    expect((await rows())[0]?.['aliases']).toEqual({ 1: 'B', 3: 'A' });
  });

  it('TC-12 go by the first of two names of one alias, and say so', async () => {
    const line = await ingest.birth(device, birthOf(named('A', 1), named('B', 1)));
    expect(line).toMatchObject({ quarantined: { ALIAS_DUPLICATE: 1 } });
    await ingest.birth(device, birthOf(aliasOnly(1), named('B', 4)));
    expect(await names()).toEqual(['A', 'B']);
  });

  it('SPB-17 are put on record when another device of the node has the same alias, for as long as it has', async () => {
    const other = 'Secil/DBIRTH/Portugal/Concrete';
    await ingest.birth(node, birthOf(named('Node Control/Rebirth', 0), named('Kiln/Speed', 5)));
    expect(await ingest.birth(other, birthOf(named('Mixer/Speed', 6)))).toMatchObject({ level: 'info' });
    // The node names metrics of its devices: that is one name for one alias.
    const line = await ingest.birth(device, birthOf(named('Kiln/Speed', 5), named('Kiln/Torque', 6)));
    expect(line).toMatchObject({ level: 'warn', outcome: 'written', quarantined: { ALIAS_SHARED: 1 } });
    const open = () => ingest.sql`
      select device, detail from uns_meta.birth_quarantine where reason = 'ALIAS_SHARED' and resolved_at is null`;
    expect(await open()).toEqual([{ device: 'Cement', detail: 'Concrete has alias 6' }]);
    await ingest.birth(device, birthOf(named('Kiln/Speed', 5, 'mbar'), named('Kiln/Torque', 6)));
    expect(await open()).toHaveLength(1);
    // Each device goes by its own.
    await ingest.birth(device, birthOf(named('Kiln/Speed', 5), aliasOnly(6)));
    expect(await names()).toEqual(['Kiln/Speed', 'Kiln/Torque', 'Mixer/Speed']);
    await ingest.birth(device, birthOf(named('Kiln/Speed', 5), named('Kiln/Torque', 7, 'mbar')));
    expect(await open()).toHaveLength(0);
  });

  it('TC-12 get names that another pod has learned', async () => {
    // This pod has asked the store for the aliases of the node, and knows of none.
    await ingest.birth(device, birthOf(named('A', 1)));
    await ingest.sql`
      insert into uns_meta.device_aliases (group_id, edge, device, aliases, birth_timestamp)
      values ('Secil', 'Portugal', '', '{"9": "Kiln/Speed"}', now())`;
    await ingest.birth(device, birthOf(aliasOnly(9)));
    expect(await names()).toEqual(['Kiln/Speed']);
  });

  it('TC-12 do not stop a birth when somebody has spoilt what was learned', async () => {
    await ingest.birth(device, birthOf(named('A', 1)));
    await ingest.sql`update uns_meta.device_aliases set aliases = '["spoilt"]'`;
    await ingest.restart();
    await ingest.birth(device, birthOf(named('A', 1, 'new')));
    expect((await ingest.sql`select aliases from uns_meta.device_aliases`)[0]).toEqual({ aliases: { 1: 'A' } });
  });
});
