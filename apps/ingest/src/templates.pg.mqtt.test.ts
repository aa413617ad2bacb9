import { describe, expect, it } from '@jest/globals';
import { metricRows } from '@uns/metadata-store/testing';
import { Datatype, type BirthInput, type MetricInput } from '@uns/sparkplug';
import { suiteIngest } from './testing/suite-ingest.ts';

const node = 'Secil/NBIRTH/Portugal';
const device = 'Secil/DBIRTH/Portugal/Cement';
const unit = (value: string) => [{ key: 'engUnit', type: Datatype.String, value }];
const birthOf = (...metrics: MetricInput[]): BirthInput => ({ timestamp: Date.now(), seq: 1, metrics });

const motorDefinition: MetricInput = {
  name: 'Motor',
  datatype: Datatype.Template,
  value: {
    isDefinition: true,
    metrics: [{ name: 'Speed', datatype: Datatype.Double, properties: unit('rpm') }],
  },
};
const motor = (documentation: string): MetricInput => ({
  name: 'M01',
  datatype: Datatype.Template,
  value: {
    isDefinition: false,
    templateRef: 'Motor',
    metrics: [
      {
        name: 'Speed',
        datatype: Datatype.Double,
        properties: [{ key: 'documentation', type: Datatype.String, value: documentation }],
      },
    ],
  },
});
const plain: MetricInput = { name: 'plain', datatype: Datatype.Double, properties: unit('bar') };

describe('template instances', () => {
  const ingest = suiteIngest();

  const properties = async () =>
    Object.fromEntries((await metricRows(ingest.sql)).map((row) => [row.name, row.properties]));

  it('SPB-13 TC-10 inherit from the definitions of their node, also after a restart', async () => {
    expect(await ingest.birth(node, birthOf(motorDefinition))).toMatchObject({ level: 'info', definitions: 1 });
    await ingest.birth(device, birthOf(plain, motor('main drive')));
    const expected = {
      M01: { 'Template/ref': 'Motor' },
      'M01/Speed': { documentation: 'main drive', engUnit: 'rpm' },
      plain: { engUnit: 'bar' },
    };
    expect(await properties()).toEqual(expected);
    await ingest.restart();
    expect(await ingest.birth(device, birthOf(plain, motor('main drive')))).toMatchObject({ outcome: 'same' });
    expect(await properties()).toEqual(expected);
  });

  it('SPB-13 do not lose what they inherited when the definitions are not known', async () => {
    await ingest.birth(node, birthOf(motorDefinition));
    await ingest.birth(device, birthOf(plain, motor('main drive')));
    await ingest.sql`delete from uns_meta.node_templates`;
    await ingest.restart();
    const line = await ingest.birth(device, birthOf(motor('new text')));
    expect(line).toMatchObject({
      quarantined: { TEMPLATE_UNKNOWN: 1 },
      changes: { propertiesUpdated: 1, propertiesDeleted: 0 },
    });
    expect(await properties()).toEqual({
      M01: { 'Template/ref': 'Motor' },
      'M01/Speed': { documentation: 'new text', engUnit: 'rpm' },
    });
    // Again the same: nothing new, though a part of it is not known.
    expect(await ingest.birth(device, birthOf(motor('new text')))).toMatchObject({ outcome: 'same' });
    // A definition that defines nothing: now it is known that nothing is inherited.
    const empty = { ...motorDefinition, value: { isDefinition: true, metrics: [] } };
    await ingest.birth(node, birthOf(empty));
    expect(await ingest.birth(device, birthOf(motor('new text')))).toMatchObject({
      changes: { propertiesDeleted: 1 },
    });
  });

  it('SPB-13 learn from each birth of the node anew, and nothing from an older one', async () => {
    const definitions = async () =>
      (
        await ingest.sql<{ n: number; xmin: string }[]>`
        select length(definitions) as n, xmin::text from uns_meta.node_templates`
      )[0];
    const birth = birthOf(motorDefinition);
    await ingest.birth(node, birth);
    const before = await definitions();
    await ingest.birth(node, { ...birth, timestamp: Date.now() });
    expect(await definitions()).toEqual(before);
    await ingest.birth(node, { timestamp: 1000, metrics: [] });
    expect(await definitions()).toEqual(before);
    await ingest.birth(node, birthOf());
    expect((await definitions())?.n).toBe(0);
  });

  it('PROMISE-7 SPB-17 are not gone when they come with their alias alone, which cannot be flattened', async () => {
    const aliased = { ...motor('main drive'), alias: 7 };
    await ingest.birth(node, birthOf(motorDefinition));
    await ingest.birth(device, birthOf(plain, aliased));
    const before = await properties();
    const { name: _name, ...nameless } = aliased;
    expect(await ingest.birth(device, birthOf({ ...plain, properties: unit('mbar') }, nameless))).toMatchObject({
      quarantined: { NAME_MISSING: 1 },
      changes: { metricsRetired: 0, propertiesUpdated: 1 },
    });
    expect(await properties()).toEqual({ ...before, plain: { engUnit: 'mbar' } });
    expect(await ingest.birth(device, birthOf(plain))).toMatchObject({ changes: { metricsRetired: 2 } });
  });

  it('SPB-06 SPB-12 SPB-13 keep what was read from a value that is null now, as data sets do', async () => {
    const table = { columns: ['count'], types: [Datatype.Int32], rows: [] };
    const dataSet: MetricInput = { name: 'D', datatype: Datatype.DataSet, value: table, properties: unit('1') };
    await ingest.birth(node, birthOf(motorDefinition));
    await ingest.birth(device, birthOf(plain, motor('main drive'), dataSet));
    const before = await properties();
    expect(before).toMatchObject({ D: { 'DataSet/columns': expect.anything() }, 'M01/Speed': { engUnit: 'rpm' } });
    // As after the start of a gateway that has not read its values yet.
    const nulls = [motor('main drive'), { ...dataSet, properties: unit('2') }].map((metric) => ({
      ...metric,
      value: null,
    }));
    expect(await ingest.birth(device, birthOf(plain, ...nulls))).toMatchObject({
      level: 'info',
      changes: { metricsRetired: 0, propertiesUpdated: 1, propertiesDeleted: 0 },
    });
    expect(await properties()).toEqual({ ...before, D: { ...before['D'], engUnit: '2' } });
    expect(await ingest.birth(device, birthOf(plain, ...nulls))).toMatchObject({ outcome: 'same' });
    expect(await ingest.birth(device, birthOf(plain))).toMatchObject({ changes: { metricsRetired: 3 } });
  });

  it('are not stopped by a node birth that cannot be read', async () => {
    const line = await ingest.birth(node, Buffer.from('\u0012not a birth'));
    expect(line).toMatchObject({ level: 'warn' });
    const [entry] = await ingest.sql`select device, sample->>'topic' as topic from uns_meta.birth_quarantine`;
    expect(entry).toEqual({ device: '', topic: `spBv1.0/${node}` });
    expect(await ingest.birth(device, birthOf(plain))).toMatchObject({ outcome: 'written' });
  });
});
