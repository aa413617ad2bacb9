import { describe, expect, it } from '@jest/globals';
import { Datatype } from '../datatype.ts';
import { encodeBirth, encodePayload } from '../encode/birth.ts';
import type { MetricInput, PropertyInput, TemplateInput } from '../encode/input.ts';
import type { BirthMetric } from '../metric.ts';
import { readBirth, valuesOf } from '../testing/read-birth.ts';
import { bytesOf, delimited, payloadOf, varint } from '../testing/wire-bytes.ts';
import { openBirth } from '../decode/birth.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { Inheritances, NOTHING_INHERITED } from './inheritance.ts';
import type { Inheritance } from './inheritance.ts';
import { learnTemplates } from './learn.ts';

const { Double, Template } = Datatype;

function text(key: string, value: string): PropertyInput {
  return { key, type: Datatype.String, value };
}

function member(name: string, ...properties: PropertyInput[]): MetricInput {
  return { name, datatype: Double, value: 1, properties };
}

function definition(name: string, parts: Partial<TemplateInput>, ...properties: PropertyInput[]): MetricInput {
  return { name, datatype: Template, properties, value: { isDefinition: true, metrics: [], ...parts } };
}

function instance(name: string, parts: Partial<TemplateInput>, ...properties: PropertyInput[]): MetricInput {
  return { name, datatype: Template, properties, value: { isDefinition: false, metrics: [], ...parts } };
}

const MOTOR = definition(
  'Motor',
  {
    version: '1.2',
    parameters: [
      { name: 'Area', type: Datatype.String, value: 'default area' },
      { name: 'Poles', type: Datatype.Int32, value: 4 },
    ],
    metrics: [
      member('Speed', text('engUnit', 'rpm'), text('documentation', 'Speed of the shaft')),
      member('Current', text('engUnit', 'A')),
    ],
  },
  text('documentation', 'A motor'),
);

/** Reads device metrics after an NBIRTH with the definitions. */
async function readAfter(definitions: MetricInput[], metrics: MetricInput[]): Promise<BirthMetric[]> {
  const { definitions: templates } = await learnTemplates(encodePayload({ metrics: definitions }));
  return (await readBirth(encodePayload({ metrics }), { templates })).metrics;
}

function shown(metrics: BirthMetric[]): Record<string, unknown> {
  return Object.fromEntries(
    metrics.map((metric) => [metric.name, metric.rejected ? metric.reason : { ...valuesOf(metric) }]),
  );
}

describe('templates', () => {
  it('SPB-13 flattens an instance, which inherits what it lacks', async () => {
    const metrics = await readAfter(
      [MOTOR],
      [
        instance(
          'Line 1/M1',
          {
            templateRef: 'Motor',
            version: '1.1',
            parameters: [{ name: 'Area', type: Datatype.String, value: 'Kiln' }],
            metrics: [member('Speed', text('engUnit', 'r/s')), member('Current')],
          },
          text('tooltip', 'Main drive'),
        ),
      ],
    );
    expect(shown(metrics)).toEqual({
      'Line 1/M1': {
        tooltip: 'Main drive',
        documentation: 'A motor',
        'Template/version': '1.1',
        'Template/ref': 'Motor',
        'Template/parameters/Area': 'Kiln',
        'Template/parameters/Poles': 4,
      },
      'Line 1/M1/Speed': { engUnit: 'r/s', documentation: 'Speed of the shaft' },
      'Line 1/M1/Current': { engUnit: 'A' },
    });
    expect(metrics.map((metric) => metric.ordinal)).toEqual([0, 1, 2]);
    expect(metrics[0]).toMatchObject({ datatype: Template });
    expect(metrics[1]).toMatchObject({ datatype: Double, faults: [] });
  });

  it('SPB-13 a definition derived from another inherits its members, nearest first', async () => {
    const servo = definition('Servo', {
      templateRef: 'Motor',
      metrics: [member('Speed', text('engUnit', 'deg/s')), member('Angle', text('engUnit', 'deg'))],
    });
    const metrics = await readAfter(
      [MOTOR, servo],
      [instance('S', { templateRef: 'Servo', metrics: [member('Speed'), member('Current'), member('Angle')] })],
    );
    expect(shown(metrics)).toMatchObject({
      S: { documentation: 'A motor' },
      'S/Speed': { engUnit: 'deg/s', documentation: 'Speed of the shaft' },
      'S/Current': { engUnit: 'A' },
      'S/Angle': { engUnit: 'deg' },
    });
  });

  it('SPB-13 instances inside instances inherit from both definitions', async () => {
    const pump = definition('Pump', {
      metrics: [
        {
          name: 'Drive',
          datatype: Template,
          value: {
            isDefinition: false,
            templateRef: 'Motor',
            metrics: [member('Speed', text('tooltip', 'of a pump'))],
          },
        },
      ],
    });
    const drive = instance('Drive', { templateRef: 'Motor', metrics: [member('Speed')] });
    const metrics = await readAfter([MOTOR, pump], [instance('P1', { templateRef: 'Pump', metrics: [drive] })]);
    expect(shown(metrics)).toMatchObject({
      'P1/Drive/Speed': { engUnit: 'rpm', tooltip: 'of a pump', documentation: 'Speed of the shaft' },
    });
  });

  it('SPB-13 finds definitions kept in the folder _types_', async () => {
    const metrics = await readAfter(
      [{ ...MOTOR, name: '_types_/Motor' }],
      [instance('M', { templateRef: 'Motor', metrics: [member('Speed')] })],
    );
    expect(shown(metrics)['M/Speed']).toMatchObject({ engUnit: 'rpm' });
  });

  it('SPB-13 a circle of definitions ends, and is noted', async () => {
    const a = definition('A', { templateRef: 'B', metrics: [member('x', text('of', 'A'))] });
    const b = definition('B', { templateRef: 'A', metrics: [member('x', text('of', 'B'), text('only', 'B'))] });
    const metrics = await readAfter([a, b], [instance('I', { templateRef: 'A', metrics: [member('x')] })]);
    expect(metrics[0]).toMatchObject({ name: 'I', faults: [{ reason: 'TEMPLATE_CYCLE' }] });
    expect(shown(metrics)['I/x']).toEqual({ of: 'A', only: 'B' });
  });

  it('SPB-13 PROMISE-6 follows derivations no further than the depth allowed, and says so', async () => {
    const chain = Array.from({ length: 20 }, (_, i) =>
      definition(`D${i}`, { templateRef: `D${i + 1}`, metrics: [member('x', text(`of D${i}`, ''))] }),
    );
    const { definitions: templates } = await learnTemplates(
      encodePayload({ metrics: [...chain, definition('D20', {})] }),
    );
    const metrics = [instance('I', { templateRef: 'D0', metrics: [member('x')] })];
    const read = async (depth: number) =>
      (await readBirth(encodePayload({ metrics }), { templates, limits: { depth } })).metrics;
    const cut = await read(3);
    expect(cut[0]).toMatchObject({ name: 'I', faults: [{ reason: 'TEMPLATE_CHAIN_TOO_LONG', detail: 'D0' }] });
    expect(Object.keys(shown(cut)['I/x'] ?? {})).toEqual(['of D0', 'of D1', 'of D2', 'of D3']);
    expect((await read(20))[0]).toMatchObject({ faults: [] });
  });

  it('SPB-13 PROMISE-6 works out once what instances of one definition inherit', async () => {
    const { definitions } = await learnTemplates(encodePayload({ metrics: [MOTOR] }));
    const inheritances = new Inheritances(definitions, DEFAULT_LIMITS);
    const motor = (): Inheritance => inheritances.ofInstance(NOTHING_INHERITED, definitions.find('Motor'));
    const speed = inheritances.ofMember(motor(), 'Speed');
    const { work } = inheritances;
    for (let i = 0; i < 100; i++) expect(inheritances.ofMember(motor(), 'Speed')).toBe(speed);
    expect(inheritances.work).toBe(work);
  });

  it('SPB-13 PROMISE-6 lets others have their turn while members inherit much, and bounds what many definitions cost', async () => {
    const properties = Array.from({ length: 100 }, (_, i) => text(`p${i}`, 'x'));
    const chain = Array.from({ length: 2_000 }, (_, i) =>
      definition(`D${i}`, { templateRef: `D${i + 1}` }, ...properties),
    );
    const { definitions: templates } = await learnTemplates(
      encodePayload({ metrics: [...chain, definition('D2000', {})] }),
    );
    const metrics = Array.from({ length: 1_000 }, (_, i) => instance(`I${i}`, { templateRef: `D${i}` }));
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const batches: number[] = [];
    for await (const batch of openBirth(encodePayload({ metrics }), { templates }).metrics())
      batches.push(batch.length);
    done = true;
    // 100 properties handed out, and up to 9 definitions of 100 properties looked at, for each of the instances.
    expect(Math.max(...batches)).toBeLessThan(40);
    expect(turns).toBeGreaterThanOrEqual(batches.length - 1);
  });

  it('SPB-13 an instance of an unknown definition keeps what it has, and is noted', async () => {
    const metrics = await readAfter(
      [],
      [instance('I', { templateRef: 'Nowhere', metrics: [member('x', text('a', '1'))] })],
    );
    expect(metrics[0]).toMatchObject({ faults: [{ reason: 'TEMPLATE_UNKNOWN', detail: 'Nowhere' }] });
    expect(shown(metrics)['I/x']).toEqual({ a: '1' });
  });

  it('SPB-13 a nested member yields to a flat metric of its name, wherever that stands', async () => {
    const nested = instance('M', {
      metrics: [member('before', text('from', 'nested')), member('after'), member('own')],
    });
    const flat = (name: string) => member(name, text('from', 'flat'));
    const metrics = await readAfter([], [flat('M/before'), nested, flat('M/after')]);
    expect(metrics.map((metric) => [metric.name, metric.rejected ? metric.reason : valuesOf(metric)['from']])).toEqual([
      ['M/before', 'flat'],
      ['M/after', 'flat'],
      ['M', undefined],
      ['M/before', 'NESTED_DUPLICATE'],
      ['M/after', 'NESTED_DUPLICATE'],
      ['M/own', undefined],
    ]);
  });

  it('SPB-13 definitions are no tags', async () => {
    const metrics = await readAfter([], [MOTOR, member('tag')]);
    expect(shown(metrics)).toEqual({ tag: {}, Motor: 'TEMPLATE_DEFINITION' });
  });

  it('SPB-06 SPB-13 a null template is a metric without members', async () => {
    const metrics = await readAfter([], [{ name: 'T', datatype: Template, value: null, properties: [text('a', '1')] }]);
    expect(metrics).toMatchObject([{ name: 'T', isNull: true, datatype: Template, faults: [] }]);
    expect(shown(metrics)).toEqual({ T: { a: '1' } });
  });

  it('SPB-06 SPB-13 null comes first, also when a template is sent with it', async () => {
    const ghost = delimited(2, delimited(1, 'ghost'), varint(4, 10));
    const metric = bytesOf(delimited(1, 'T'), varint(4, Template), varint(7, 1), delimited(18, ghost));
    expect(shown((await readBirth(payloadOf(metric))).metrics)).toEqual({ T: {} });
  });

  it('SPB-13 stops at the depth allowed, naming the place', async () => {
    const nest = (depth: number): MetricInput =>
      depth === 0 ? member('x') : instance(`d${depth}`, { metrics: [nest(depth - 1)] });
    const payload = encodePayload({ metrics: [nest(4), member('flat')] });
    const { metrics, error } = await readBirth(payload, { limits: { depth: 2 } });
    expect(error).toBeNull();
    expect(shown(metrics)).toEqual({ flat: {}, d4: {}, 'd4/d3': {}, 'd4/d3/d2': 'TEMPLATE_TOO_DEEP' });
  });

  it('SPB-13 a broken template costs its members after the break, not its neighbours', async () => {
    const broken = bytesOf(
      delimited(1, 'T'),
      varint(4, Template),
      delimited(18, delimited(2, delimited(1, 'good'), varint(4, 10)), Buffer.from([0x12, 0x7f])),
    );
    const { metrics } = await readBirth(payloadOf(broken, bytesOf(delimited(1, 'next'), varint(4, 10))));
    expect(shown(metrics)).toMatchObject({ next: {}, 'T/good': {} });
    expect(metrics.filter((metric) => metric.rejected)).toMatchObject([{ name: 'T', reason: 'TEMPLATE_MALFORMED' }]);
  });

  it('SPB-13 members without a name, and names too long once joined, are rejected by their path', async () => {
    const nameless = { datatype: Double, alias: 4 };
    const payload = encodePayload({ metrics: [instance('T', { metrics: [nameless, member('n'.repeat(30))] })] });
    const { metrics } = await readBirth(payload, { limits: { nameBytes: 31 } });
    expect(metrics.slice(1)).toMatchObject([
      { rejected: true, reason: 'NAME_MISSING', detail: expect.stringContaining('T/') },
      { rejected: true, reason: 'NAME_TOO_LONG', name: `T/${'n'.repeat(30)}` },
    ]);
  });

  it('SPB-13 reads instances from compressed births, in its second pass', async () => {
    const metrics = [member('before'), instance('M', { templateRef: 'Motor', metrics: [member('Speed')] })];
    const { definitions: templates } = await learnTemplates(
      await encodeBirth({ metrics: [MOTOR] }, { compression: 'gzip' }),
    );
    const read = await readBirth(await encodeBirth({ metrics }, { compression: 'deflate' }), { templates });
    expect(Object.keys(shown(read.metrics))).toEqual(['before', 'M', 'M/Speed']);
    expect(read.header.metricCount).toBe(3);
  });
});

describe('learnTemplates', () => {
  it('SPB-13 keeps the definitions as a payload of their own', async () => {
    const nbirth = encodePayload({ metrics: [member('bdSeq'), MOTOR, member('other')] });
    const learned = await learnTemplates(nbirth);
    expect(learned.definitions.size).toBe(1);
    expect(learned.payload.length).toBeLessThan(nbirth.length);
    const again = await learnTemplates(learned.payload);
    expect(again.definitions.find('Motor')).toEqual(learned.definitions.find('Motor'));
    expect(again.payload).toEqual(learned.payload);
  });

  it('SPB-13 takes no more members than allowed, and says so', async () => {
    const many = definition('Big', { metrics: Array.from({ length: 20 }, (_, i) => member(`m${i}`)) });
    const { definitions, faults } = await learnTemplates(encodePayload({ metrics: [MOTOR, many] }), {
      limits: { templateMembers: 10 },
    });
    expect(definitions.size).toBe(1);
    expect(faults).toMatchObject([{ reason: 'TEMPLATES_TOO_MANY' }]);
  });

  it('SPB-13 PROMISE-7 says of an instance that its definition has a property that cannot be read', async () => {
    const broken = definition('D', { metrics: [member('x', text('long', 'too long'), text('a', '1'))] });
    const learned = await learnTemplates(encodePayload({ metrics: [broken, MOTOR] }), { limits: { stringBytes: 4 } });
    expect(learned.faults.map(({ reason, key }) => [reason, key])).toContainEqual(['STRING_TOO_LONG', 'long']);
    const metrics = [instance('I', { templateRef: 'D', metrics: [member('x')] })];
    const read = await readBirth(encodePayload({ metrics }), { templates: learned.definitions });
    expect(read.metrics[0]).toMatchObject({ faults: [{ reason: 'TEMPLATE_INCOMPLETE', detail: 'D' }] });
    expect(shown(read.metrics)['I/x']).toEqual({ a: '1' });
  });

  it('SPB-13 PROMISE-6 counts definitions without members too', async () => {
    const many = Array.from({ length: 20 }, (_, i) => definition(`D${i}`, {}));
    const { definitions, faults } = await learnTemplates(encodePayload({ metrics: many }), {
      limits: { templateMembers: 10 },
    });
    expect(definitions.size).toBe(10);
    expect(faults.map(({ reason }) => reason)).toContain('TEMPLATES_TOO_MANY');
  });

  it('SPB-13 takes no more bytes of definitions than allowed', async () => {
    const { definitions, faults } = await learnTemplates(
      encodePayload({ metrics: [MOTOR, { ...MOTOR, name: 'Other' }] }),
      {
        limits: { templateBytes: 400 },
      },
    );
    expect(definitions.find('Motor')).toBeDefined();
    expect(definitions.find('Other')).toBeUndefined();
    expect(faults).toMatchObject([{ reason: 'TEMPLATES_TOO_MANY' }]);
  });

  it('SPB-13 keeps the sound parts of a definition with a broken one', async () => {
    const broken = bytesOf(
      delimited(1, 'D'),
      varint(4, Template),
      delimited(18, varint(5, 1), delimited(2, delimited(1, 'good'), varint(4, 10)), delimited(2, Buffer.from([0x0a]))),
    );
    const { definitions, faults } = await learnTemplates(payloadOf(broken));
    expect([...(definitions.find('D')?.members.keys() ?? [])]).toEqual(['good']);
    expect(definitions.find('D')?.isIncomplete).toBe(true);
    expect(faults).toMatchObject([{ reason: 'METRIC_MALFORMED' }]);
  });
});
