import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isClean } from '../segments/clean-text.ts';
import { cleanPath } from '../segments/segment-policy.ts';
import { defaultPathRules } from './default-rule.ts';
import type { MetricId } from './mapped-path.ts';
import { parsePathRules } from './parse-path-rules.ts';
import { createPathMapper } from './path-mapper.ts';

const cement = { group: 'Secil', edge: 'Portugal', device: 'Cement' };
const tag = 'Maceira/400 - Clinker Production/431 - Kiln/KPI/SHC_CALC';

function mapperOf(rules: string) {
  return createPathMapper(parsePathRules(`version: 1\nrules:\n${rules}`, 'rules.yaml'));
}

/** The path, or the reason why there is none. */
function pathOf(mapped: ReturnType<ReturnType<typeof mapperOf>['metric']>): string {
  return mapped.ok ? mapped.unsPath : mapped.reason;
}

describe('the default rule', () => {
  const mapper = createPathMapper(defaultPathRules);
  const told = (id: Partial<MetricId>): string => pathOf(mapper.metric({ ...cement, name: 'Speed', ...id }));

  it('TC-02 gives devices and metrics the path of their topic and name, and their place by position', () => {
    expect(mapper.device(cement)).toEqual({
      ok: true,
      unsPath: 'Secil/Portugal/Cement',
      prefix: null,
      country: 'Portugal',
      businessUnit: 'Cement',
      plant: null,
      rule: 'default',
    });
    expect(mapper.metric({ ...cement, name: tag })).toEqual({
      ok: true,
      unsPath: `Secil/Portugal/Cement/${tag}`,
      prefix: 'Secil/Portugal/Cement/',
      country: 'Portugal',
      businessUnit: 'Cement',
      plant: 'Maceira',
      rule: 'default',
    });
  });

  it('TC-02 cleans what plants write', () => {
    expect(told({ name: 'Kiln (K1)/O2 %' })).toBe('Secil/Portugal/Cement/Kiln _K1_/O2 _');
    expect(told({ name: '//Kiln//Speed/' })).toBe('Secil/Portugal/Cement/Kiln/Speed');
    expect(told({ device: ' Cement:2 ' })).toBe('Secil/Portugal/Cement_2/Speed');
    expect(told({ group: 'Secil.PT' })).toBe('Secil_PT/Portugal/Cement/Speed');
    expect(told({ edge: 'P.T' })).toBe('Secil/P.T/Cement/Speed');
  });

  it('TC-02 refuses what cannot have a path, and says why', () => {
    expect(told({ name: '' })).toBe('SEGMENT_EMPTY');
    expect(told({ name: ' / . / ' })).toBe('SEGMENT_EMPTY');
    expect(told({ edge: '..' })).toBe('SEGMENT_EMPTY');
    expect(told({ name: 'a\0b' })).toBe('NAME_NOT_TEXT');
    expect(told({ name: 'a\ud800' })).toBe('NAME_NOT_TEXT');
    expect(told({ device: 'a\udc00' })).toBe('NAME_NOT_TEXT');
    expect(told({ name: 'a/'.repeat(1001) })).toBe('NAME_TOO_LONG');
    expect(told({ name: 'ç'.repeat(1001) })).toBe('NAME_TOO_LONG');
    expect(told({ name: 'a'.repeat(255) })).toMatch(/^Secil/);
    expect(told({ name: 'a'.repeat(256) })).toBe('SEGMENT_TOO_LONG');
    expect(told({ name: 'ç'.repeat(128) })).toBe('SEGMENT_TOO_LONG');
    expect(told({ name: `${'a/'.repeat(989)}a` })).toBe('PATH_TOO_LONG');
    expect(told({ name: `${'a/'.repeat(988)}a` })).toMatch(/^Secil/);
    expect(told({ group: 'Com1' })).toBe('DATASET_RESERVED');
    expect(told({ group: 'Com10', edge: 'Com1' })).toBe('Com10/Com1/Cement/Speed');
    expect(mapper.metric({ ...cement, name: '...' })).toMatchObject({ detail: '{name} is "..."' });
    expect(mapper.device({ ...cement, device: '  ' })).toMatchObject({ ok: false, reason: 'SEGMENT_EMPTY' });
  });

  it('TC-02 keeps clean names apart: no two metrics of the field meet in one path', () => {
    const level = fc
      .string({ unit: fc.constantFrom('a', 'B', '1', ' ', '.', '_', '-', 'ç'), minLength: 1, maxLength: 3 })
      .filter(isClean);
    // A dot in the group is replaced, because the first segment names the dataset.
    const group = level.filter((text) => !text.includes('.'));
    const name = fc.array(level, { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/'));
    const id = fc.record({ group, edge: level, device: level, name });
    fc.assert(
      fc.property(id, id, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(pathOf(mapper.metric(one)) === pathOf(mapper.metric(other))).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('mapping rules', () => {
  const mapper = mapperOf(`
  - rule: maceira-alarms
    match: { group: Secil, edge: '{plant}-Ignition-Edge', name: 'Alarms/{area}/{rest}' }
    metric: '{group}/Portugal/Cement/{plant}/{area}/Alarms/{rest}'
  - rule: kilns
    match: { group: Secil, edge: '{plant}-Ignition-Edge', device: ['Kiln-{number}', 'Oven-{number}'] }
    device: '{group}/Portugal/Cement/{plant}/Kiln {number}'
  - rule: late
    match: { edge: 'Maceira-*' }
    device: '{group}/Late/{edge}/{device}'
    metric: '{group}/Late/{edge}/Tags/{device}/{name}'
`);
  const kiln = { group: 'Secil', edge: 'Maceira-Ignition-Edge', device: 'Kiln-K1' };

  it('TC-02 let a topic land where the company wants it', () => {
    expect(mapper.device(kiln)).toMatchObject({ unsPath: 'Secil/Portugal/Cement/Maceira/Kiln K1', plant: 'Maceira' });
    expect(mapper.metric({ ...kiln, name: 'KPI/SHC' })).toEqual({
      ok: true,
      unsPath: 'Secil/Portugal/Cement/Maceira/Kiln K1/KPI/SHC',
      prefix: 'Secil/Portugal/Cement/Maceira/Kiln K1/',
      country: 'Portugal',
      businessUnit: 'Cement',
      plant: 'Maceira',
      rule: 'kilns',
    });
    expect(pathOf(mapper.device({ ...kiln, device: 'Oven-7' }))).toBe('Secil/Portugal/Cement/Maceira/Kiln 7');
  });

  it('TC-02 apply in order, the first that matches wins, and the default rule stands behind them', () => {
    expect(mapper.metric({ ...kiln, name: 'Alarms/Burner/High' })).toMatchObject({
      unsPath: 'Secil/Portugal/Cement/Maceira/Burner/Alarms/High',
      rule: 'maceira-alarms',
    });
    expect(mapper.metric({ ...kiln, name: 'Alarms/High' })).toMatchObject({ rule: 'kilns' });
    expect(pathOf(mapper.metric({ ...kiln, device: 'Mill', name: 'Speed' }))).toBe(
      'Secil/Late/Maceira-Ignition-Edge/Tags/Mill/Speed',
    );
    expect(mapper.device({ ...kiln, device: 'Mill' })).toMatchObject({ rule: 'late' });
    expect(mapper.metric({ ...cement, name: tag })).toMatchObject({ rule: 'default' });
  });

  it('TC-02 clean what they captured, also where it shares a segment with text', () => {
    expect(pathOf(mapper.device({ ...kiln, device: 'Kiln-#1 ' }))).toBe('Secil/Portugal/Cement/Maceira/Kiln _1');
    expect(pathOf(mapper.metric({ ...kiln, name: 'Alarms/°C/x//y' }))).toBe(
      'Secil/Portugal/Cement/Maceira/_C/Alarms/x/y',
    );
    expect(pathOf(mapper.metric({ ...kiln, name: 'Alarms/../x' }))).toBe('SEGMENT_EMPTY');
    expect(pathOf(mapper.device({ ...kiln, edge: '. -Ignition-Edge' }))).toBe('SEGMENT_EMPTY');
    expect(pathOf(mapper.metric({ ...kiln, edge: '. -Ignition-Edge', name: 'x' }))).toBe('SEGMENT_EMPTY');
    const joined = mapperOf(`  - { rule: joined, device: 'a/b/{edge}{device}' }`);
    expect(pathOf(joined.device({ ...kiln, edge: 'Kiln ', device: ' 1' }))).toBe('a/b/Kiln1');
    expect(pathOf(joined.device({ ...kiln, edge: 'e', device: '\u0301' }))).toBe('a/b/\u00e9');
    expect(pathOf(joined.metric({ ...kiln, edge: 'e', device: '\u0301', name: '\u0301' }))).toBe('a/b/\u00e9/\u0301');
  });

  it('TC-02 give the same path on the short way (.../{name}) as on the long one', () => {
    const long = mapperOf(`
  - rule: long
    match: { name: '{all}' }
    metric: '{group}/{edge}/{device}/{all}'
`);
    const short = createPathMapper(defaultPathRules);
    const name = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '/', '.', '%', '窑'), minLength: 1, maxLength: 9 });
    const long255 = name.map((text) => text + 'x'.repeat(250));
    fc.assert(
      fc.property(fc.oneof(name, long255), (text) => {
        const one = short.metric({ ...cement, name: text });
        const other = long.metric({ ...cement, name: text });
        const expected = one.ok ? { ...one, prefix: null, rule: 'long' } : { ok: false, reason: one.reason };
        expect(other).toMatchObject(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('TC-02 are deterministic, and what they make is clean: mapping it again would change nothing', () => {
    const id = fc.record({
      group: fc.constantFrom('Secil', 'S.%'),
      edge: fc.constantFrom('Maceira-Ignition-Edge', 'M%-Ignition-Edge', 'Maceira-x', 'x'),
      device: fc.string({ unit: fc.constantFrom('Kiln-', '1', ' ', '.', '%'), minLength: 1, maxLength: 8 }),
      name: fc.string({ unit: fc.constantFrom('Alarms', 'x', '/', ' ', '.', '%'), minLength: 1, maxLength: 16 }),
    });
    fc.assert(
      fc.property(id, (metric) => {
        const mapped = mapper.metric(metric);
        expect(mapper.forDevice(metric).metric(metric.name)).toEqual(mapped);
        const path = mapped.ok ? mapped.unsPath : '';
        expect(cleanPath(path)).toBe(path);
      }),
    );
  });
});
