import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { idsByName, lineageOf, metricRows } from '@uns/metadata-store/testing';
import { Datatype, type BirthInput } from '@uns/sparkplug';
import { ingestHarness, type IngestHarness } from './testing/ingest-harness.ts';

const device = 'Secil/DBIRTH/Portugal/Cement';
/** Name -> unit; a `#` parts the unit from the value of the identity property. */
const birthOf = (metrics: Record<string, string>): BirthInput => ({
  timestamp: Date.now(),
  seq: 1,
  metrics: Object.entries(metrics).map(([name, what]) => {
    const [unit = '', tagId] = what.split('#');
    return {
      name,
      datatype: Datatype.Double,
      properties: [
        { key: 'unit', type: Datatype.String, value: unit },
        ...(tagId === undefined ? [] : [{ key: 'tagId', type: Datatype.String, value: tagId }]),
      ],
    };
  }),
});

describe('renames, end to end', () => {
  let harness: IngestHarness;
  let folder: string;

  beforeEach(async () => {
    harness = await ingestHarness();
    folder = await mkdtemp(join(tmpdir(), 'uns-ingest-'));
  });
  afterEach(async () => {
    await harness[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const ids = () => idsByName(harness.store.sql);
  const paths = async () =>
    Object.fromEntries((await metricRows(harness.store.sql)).map((row) => [row.name, row.path]));
  const rulesFile = async (text: string): Promise<string> => {
    const file = join(folder, `rules-${Math.random()}.yaml`);
    await writeFile(file, `version: 1\nrules:\n${text}`);
    return file;
  };

  it('B4 TC-13 a changed rule moves metrics when ingest starts with it, and births find them there', async () => {
    const birth = { 'Kiln/Speed': 'rpm', 'Mill/Speed': 'rpm' };
    const first = await harness.start();
    await harness.birth(first, device, birthOf(birth));
    const before = await ids();
    await first.stop();
    const rules = await rulesFile(
      "  - rule: plants\n    match: { edge: Portugal }\n    device: '{group}/{edge}/Works/{device}'\n",
    );
    const second = await harness.start({ UNS_RULES_FILE: rules });
    const line = await harness.birth(second, device, birthOf(birth));
    expect(second.lines('mapping rules applied to what is stored')).toMatchObject([
      { level: 'info', devices: 1, metrics: 2, refused: 0 },
    ]);
    expect(line).toMatchObject({
      outcome: 'written',
      changes: { metricsChanged: 0, metricsCreated: 0, metricsRetired: 0, propertiesInserted: 0, propertiesUpdated: 0 },
    });
    expect(await ids()).toEqual(before);
    expect(await paths()).toEqual({
      'Kiln/Speed': 'Secil/Portugal/Works/Cement/Kiln/Speed',
      'Mill/Speed': 'Secil/Portugal/Works/Cement/Mill/Speed',
    });
    expect(await lineageOf(harness.store.sql, before['Kiln/Speed'] ?? '')).toEqual([
      'Secil/Portugal/Cement/Kiln/Speed -> Secil/Portugal/Works/Cement/Kiln/Speed',
    ]);
    expect(await harness.birth(second, device, birthOf(birth))).toMatchObject({ outcome: 'same' });
  });

  it('B4 TC-13 a changed rule swaps the paths of two metrics', async () => {
    const first = await harness.start();
    await harness.birth(first, device, birthOf({ 'K1/Speed': 'rpm', 'K2/Speed': 'Hz' }));
    const before = await ids();
    await first.stop();
    const swapped = (name: string, path: string): string =>
      `  - rule: from-${path.toLowerCase()}\n    match: { name: '${name}/{rest}' }\n    metric: '{group}/{edge}/{device}/${path}/{rest}'\n`;
    const rules = await rulesFile(swapped('K1', 'K2') + swapped('K2', 'K1'));
    const second = await harness.start({ UNS_RULES_FILE: rules });
    const line = await harness.birth(second, device, birthOf({ 'K1/Speed': 'rpm', 'K2/Speed': 'Hz' }));
    expect(line).toMatchObject({ level: 'info', outcome: 'written' });
    expect(await ids()).toEqual(before);
    expect(await paths()).toEqual({
      'K1/Speed': 'Secil/Portugal/Cement/K2/Speed',
      'K2/Speed': 'Secil/Portugal/Cement/K1/Speed',
    });
  });

  it('B4 TC-13 a changed rule lets two devices change places', async () => {
    const other = 'Secil/DBIRTH/Portugal/Concrete';
    const first = await harness.start();
    await harness.birth(first, device, birthOf({ Speed: 'rpm' }));
    await harness.birth(first, other, birthOf({ Speed: 'Hz' }));
    await first.stop();
    const place = (name: string, as: string): string =>
      `  - rule: ${name.toLowerCase()}\n    match: { device: ${name} }\n    device: '{group}/{edge}/${as}'\n`;
    const rules = await rulesFile(place('Cement', 'Concrete') + place('Concrete', 'Cement'));
    const second = await harness.start({ UNS_RULES_FILE: rules });
    expect(await harness.birth(second, device, birthOf({ Speed: 'rpm' }))).toMatchObject({
      outcome: 'written',
      level: 'info',
    });
    expect(await harness.birth(second, other, birthOf({ Speed: 'Hz' }))).toMatchObject({
      outcome: 'written',
      level: 'info',
    });
    expect((await metricRows(harness.store.sql)).map((row) => [row.device, row.path, row.properties['unit']])).toEqual([
      ['Cement', 'Secil/Portugal/Concrete/Speed', 'rpm'],
      ['Concrete', 'Secil/Portugal/Cement/Speed', 'Hz'],
    ]);
  });

  it('B4 TC-13 a declared rename and a declared swap carry identities over', async () => {
    const run = await harness.start();
    await harness.birth(run, device, birthOf({ A: 'bar', X: 'kW', Y: 'MW' }));
    const before = await ids();
    const declare = (from: string, to: string) =>
      harness.store.sql`select uns_meta.declare_rename('Secil', 'Portugal', 'Cement', ${from}, ${to})`;
    await declare('A', 'B');
    await declare('X', 'Y');
    await declare('Y', 'X');
    const line = await harness.birth(run, device, birthOf({ B: 'bar', X: 'MW', Y: 'kW' }));
    expect(line).toMatchObject({
      renames: { applied: 3 },
      changes: { metricsRenamed: 3, metricsCreated: 0, propertiesUpdated: 0 },
    });
    expect(await ids()).toEqual({ B: before['A'], X: before['Y'], Y: before['X'] });
  });

  it('B4 TC-13 an identity property carries identities over by itself', async () => {
    const run = await harness.start({ UNS_IDENTITY_PROPERTY: 'tagId' });
    await harness.birth(run, device, birthOf({ A: 'bar#1', X: 'kW#2', Y: 'MW#3' }));
    const before = await ids();
    const line = await harness.birth(run, device, birthOf({ B: 'bar#1', X: 'MW#3', Y: 'kW#2' }));
    expect(line).toMatchObject({ changes: { metricsRenamed: 3, metricsCreated: 0, metricsRetired: 0 } });
    expect(await ids()).toEqual({ B: before['A'], X: before['Y'], Y: before['X'] });
  });

  it('TC-13 a metric that was refused gets the path when its holder is gone, with the same birth again', async () => {
    const rules = await rulesFile(
      "  - rule: shared\n    match: { name: 'shared/{rest}' }\n    metric: '{group}/{edge}/Shared/{rest}'\n",
    );
    const run = await harness.start({ UNS_RULES_FILE: rules });
    const other = 'Secil/DBIRTH/Portugal/Concrete';
    await harness.birth(run, device, birthOf({ 'shared/Weather': '°C', own: '' }));
    const mine = birthOf({ 'shared/Weather': '°C', mine: '' });
    expect(await harness.birth(run, other, mine)).toMatchObject({ quarantined: { PATH_TAKEN: 1 } });
    expect(await harness.birth(run, other, { ...mine, timestamp: Date.now() })).toMatchObject({ outcome: 'same' });
    await harness.birth(run, device, birthOf({ own: '' }));
    expect(await harness.birth(run, other, { ...mine, timestamp: Date.now() })).toMatchObject({
      outcome: 'written',
      level: 'info',
    });
    expect((await metricRows(harness.store.sql)).map((row) => `${row.device} ${row.path}`)).toEqual([
      'Concrete Secil/Portugal/Concrete/mine',
      'Cement Secil/Portugal/Cement/own',
      'Concrete Secil/Portugal/Shared/Weather',
    ]);
    const open = await harness.store.sql`select from uns_meta.birth_quarantine where resolved_at is null`;
    expect(open).toHaveLength(0);
  });

  it('PROMISE-8 what somebody changed by hand is what the edge says again, after an identical birth', async () => {
    const run = await harness.start();
    await harness.birth(run, device, birthOf({ A: 'bar' }));
    await harness.store.sql`update uns_meta.metric_properties set string_value = 'mbar'`;
    expect(await harness.birth(run, device, birthOf({ A: 'bar' }))).toMatchObject({
      changes: { propertiesUpdated: 1 },
    });
    expect((await metricRows(harness.store.sql))[0]?.properties).toEqual({ unit: 'bar' });
    expect(await harness.birth(run, device, birthOf({ A: 'bar' }))).toMatchObject({ outcome: 'same' });
  });
});
