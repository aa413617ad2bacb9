import { describe, expect, it } from '@jest/globals';
import { AliasTable, type DecodedMetric } from '@uns/sparkplug';
import { createPathMapper, defaultPathRules } from '@uns/uns';
import { mostAliasCharacters } from '../knowledge/alias-book.ts';
import { FaultCollector } from '../quarantine/fault-collector.ts';
import { BirthNames } from './birth-names.ts';
import { PartialInstances } from './partial-instances.ts';
import { prepareMetric } from './prepare-metric.ts';

const metricOf = (name: string, alias: number): DecodedMetric => ({
  rejected: false,
  ordinal: alias,
  name,
  alias: String(alias),
  datatype: 10,
  isHistorical: false,
  isTransient: false,
  isNull: false,
  properties: [],
  faults: [],
});

/** Prepares metrics as a reading does. */
function prepare(metrics: Iterable<DecodedMetric>) {
  const faults = new FaultCollector();
  const names = new BirthNames({ device: new AliasTable(), node: new AliasTable() });
  const mapper = createPathMapper(defaultPathRules).forDevice({ group: 'Secil', edge: 'Portugal', device: 'Cement' });
  const partial = new PartialInstances();
  const stored = [...metrics].filter(
    (metric) => prepareMetric(metric, { names, partial, unread: null, mapper, faults }) !== null,
  );
  return { names, faults, stored: stored.length };
}

describe('the aliases that a birth teaches', () => {
  it('PROMISE-6 SPB-17 are those of metrics that can be stored', () => {
    const refused = Array.from({ length: 1_000 }, (_, i) => metricOf(`${i}${'z'.repeat(4_000)}`, i));
    const { names, stored } = prepare([...refused, metricOf('Kiln/Speed', 5_000)]);
    expect(stored).toBe(1);
    expect(names.learned.toJSON()).toEqual({ 5000: 'Kiln/Speed' });
    expect(names.hasNews).toBe(true);
  });

  it('PROMISE-6 SPB-17 have no more than 16 million characters, and the birth is stored whole', () => {
    const rest = `/${`${'a'.repeat(190)}/`.repeat(9)}`;
    const count = Math.ceil(mostAliasCharacters / rest.length);
    const { names, faults, stored } = prepare(
      (function* () {
        for (let i = 0; i < count; i++) yield metricOf(`${i}${rest}a`, i);
        yield metricOf('short', count);
      })(),
    );
    expect(stored).toBe(count + 1);
    expect(names.learned.characters).toBeGreaterThan(mostAliasCharacters - 2_000);
    expect(names.learned.characters).toBeLessThanOrEqual(mostAliasCharacters);
    expect(faults.byReason.get('ALIASES_TOO_MANY')).toBeGreaterThan(0);
    expect(names.nameOfAlias(String(count))).toBe('short');
  });
});
