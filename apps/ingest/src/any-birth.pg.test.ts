import { expect, it } from '@jest/globals';
import { testStore } from '@uns/metadata-store/testing';
import { createLogger, Registry, systemClock } from '@uns/service';
import { Datatype, encodePayload, SequenceRecorder, type MetricInput, type PropertyInput } from '@uns/sparkplug';
import { mutated, randomIntegers } from '@uns/sparkplug/testing';
import { createMetricFingerprint, createPathMapper, defaultPathRules } from '@uns/uns';
import { BirthProcessor } from './birth/birth-processor.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import { AliasBook } from './knowledge/alias-book.ts';
import { TemplateBook } from './knowledge/template-book.ts';
import { NodeBirthProcessor } from './node/node-birth-processor.ts';
import { QuarantineNotes } from './quarantine/quarantine-notes.ts';
import { RebirthRequester } from './rebirth/rebirth-requester.ts';

/** Names that are one tag, or none, or mean something to somebody on the way. */
const names = [
  'A', 'a', 'A/B', 'A.B', 'A/B/C', 'B', 'alias:5', 'alias:05', 'M', 'M/A', '__proto__', 'constructor', 'e\u0301', 'é', 'İ', 'ß', 'SS',
  'B#superseded-1', ' A ', 'A//B', '/', '.', '', '\u200b', 'A\0', '\\N', 'A\tB', '\uFFFE', '𝒜', 'x'.repeat(300), '窯/'.repeat(700),
]; // prettier-ignore
const keys = [
  'tagId',
  'engUnit',
  'Quality',
  '__proto__',
  'documentation',
  '',
  'a/b',
  'k\0',
  '\\.',
  '窯'.repeat(300),
  '窯'.repeat(400),
];
const values: [type: number, value: Extract<PropertyInput, { value: unknown }>['value']][] = [
  [Datatype.Int32, 1], [Datatype.Int32, -1], [Datatype.Int64, -(2n ** 63n)], [Datatype.UInt64, 2n ** 64n - 1n], [Datatype.DateTime, 2n ** 63n],
  [Datatype.Double, Number.NaN], [Datatype.Double, -0], [Datatype.Double, 5e-324], [Datatype.Double, -Infinity], [Datatype.Float, 1e-45],
  [Datatype.Double, 1e300], [Datatype.Boolean, true], [Datatype.String, ''], [Datatype.String, '\\N'], [Datatype.String, 'a\tb\nc\r\\'],
  [Datatype.String, 'nul \0'], [Datatype.Text, '窯'.repeat(20_000)], [Datatype.UUID, 't1'], [Datatype.Bytes, Buffer.from([0, 255])], [Datatype.String, null],
]; // prettier-ignore

const births = Number(process.env['ANY_BIRTHS'] ?? 60);
const seed = Number(process.env['ANY_SEED'] ?? 1);

it(
  'PROMISE-7 no birth is refused by the store, whatever is in it',
  async () => {
    await using store = await testStore();
    const sql = store.connect('ingest');
    const log: { msg: string; err?: { message: string } }[] = [];
    const logger = createLogger({
      name: 'ingest',
      level: 'warn',
      destination: { write: (line: string) => void log.push(JSON.parse(line)) },
    });
    const metrics = ingestMetrics(new Registry());
    const notes = new QuarantineNotes({ sql, logger, metrics });
    const rebirths = new RebirthRequester({
      sql, clock: systemClock, logger, metrics, enabled: false, groups: ['+'], minIntervalMs: 1, spreadMs: 1,
      isConnected: () => true, hasRoom: () => true, publish: () => Promise.resolve(),
    }); // prettier-ignore
    const limits = { metricBytes: 50_000, stringBytes: 50_000 };
    const common = {
      sql, clock: systemClock, logger, metrics, notes, rebirths, limits,
      sequences: new SequenceRecorder(),
      aliasBook: new AliasBook({ sql, cacheEntries: 1000 }),
      templateBook: new TemplateBook({ sql, limits, cacheBytes: 1_000_000 }),
    }; // prettier-ignore
    const nodes = new NodeBirthProcessor(common);
    const [byName, byIdentity] = [null, 'tagId'].map(
      (identityProperty) =>
        new BirthProcessor({
          ...common, identityProperty,
          mapper: createPathMapper(defaultPathRules),
          rules: { groups: ['+'], digest: 'test' },
          onRulesReplaced: () => undefined,
          fingerprint: createMetricFingerprint({ volatile: ['Quality'] }),
          canonicalForm: 'test',
          mostDevices: 10,
        }),
    ); // prettier-ignore

    const pick = randomIntegers(seed);
    const one = <T>(of: readonly T[]): T => of[pick(of.length)] as T;
    const metric = (): MetricInput => {
      const name = one(names);
      return {
        ...(name === '' ? {} : { name }),
        ...(pick(3) === 0 ? { alias: pick(7) } : {}),
        datatype: pick(36),
        ...(pick(8) === 0 ? { description: one(names) } : {}),
        properties: Array.from({ length: pick(4) }, (): PropertyInput => {
          const [type, value] = one(values);
          return { key: one(keys), type, value };
        }),
      };
    };
    const template = (isDefinition: boolean): MetricInput => ({
      name: isDefinition ? 'T' : one(['M', 'A', 'A/B']),
      datatype: Datatype.Template,
      value: { isDefinition, ...(isDefinition ? {} : { templateRef: 'T' }), metrics: [metric(), metric()] },
    });
    const payloads = Array.from({ length: 60 }, () => {
      const whole = Array.from({ length: pick(8) }, metric);
      if (pick(3) === 0) whole.push(template(pick(2) === 0));
      return encodePayload({ timestamp: 1_700_000_000_000, seq: 1, metrics: whole });
    });
    const never = new AbortController().signal;
    for (let i = 0; i < births; i += 1) {
      // Else one birth of the far future makes the others old.
      await sql`update uns_meta.devices set birth_timestamp = '1970-01-01'`;
      const edge = one(['Portugal', 'Brazil']);
      const topic = `spBv1.0/Secil/?/${edge}`;
      const payload = pick(3) === 0 ? one(payloads) : mutated(payloads, pick);
      const message = { topic, group: 'Secil', edge, payload, receivedAt: new Date(), retained: false };
      const node = { group: 'Secil', edge };
      if (pick(10) === 0) await nodes.process(node, { ...message, device: null }, () => false, never);
      else {
        const device = one(['Cement', 'cement', 'Mortar']);
        await one([byName, byIdentity])?.process({ ...node, device }, { ...message, device }, () => false, never);
      }
    }
    expect(log.filter(({ err }) => err !== undefined).map(({ msg, err }) => `${msg}: ${err?.message}`)).toEqual([]);
    const outcomes = (await metrics.births.get()).values.map(({ labels, value }) => [labels['outcome'], value]);
    // It is births that are tried, not what is none.
    expect(Object.fromEntries(outcomes)['written']).toBeGreaterThan(births / 4);
  },
  births * 1000,
);
