import type { Assumption } from './assumption.ts';
import { timestampNow, valueOf, type PropertyValues } from './contract-probe.ts';
import { broken, expectOutcome, held, undecided } from './verdict.ts';

/** One of each kind of value the product delivers. */
export const everyKindOfValue: PropertyValues = {
  text: 'm³/h',
  blank: '',
  integer: 42,
  fraction: 1000.5,
  negative: -0.125,
  yes: true,
  no: false,
  'beyond 2^53': '9223372036854775807',
  'not a number': 'NaN',
};

const longTag = (name: string): string => `431 - Kiln Drive.Área ${name}`;

export const writeAssumptions: readonly Assumption[] = [
  {
    id: 'W-01',
    says: 'an answer is HTTP 200 with {"statusCode": "Good", ...}',
    async check(probe, signal) {
      return expectOutcome(await probe.saf.version(signal), 'ok');
    },
  },
  {
    id: 'W-02',
    says: 'a login takes every setting the product sends',
    check: (probe, signal) => probe.withSession(signal, async () => Promise.resolve(held)),
  },
  {
    id: 'W-03',
    says: '/keepAlive takes an open session',
    check: (probe, signal) =>
      probe.withSession(signal, async (token) => expectOutcome(await probe.saf.keepAlive(token, signal), 'ok')),
  },
  {
    id: 'W-04',
    says: 'a session token nobody gave out is BadSessionToken',
    async check(probe, signal) {
      const outcome = await probe.saf.keepAlive('00000000-0000-0000-0000-000000000000', signal);
      return expectOutcome(outcome, 'badSession');
    },
  },
  {
    id: 'W-05',
    says: 'a revoked session token is BadSessionToken for a write too',
    async check(probe, signal) {
      const token = await probe.withSession(signal, async (open) => Promise.resolve(open));
      const outcome = await probe.write(token, { [probe.tag('revoked')]: { text: 'x' } }, signal);
      return expectOutcome(outcome, 'badSession');
    },
  },
  {
    id: 'W-06',
    says: 'a wrong API token opens no session',
    async check(probe, signal) {
      if (probe.apiToken === undefined) return undecided('no API token was given');
      const { historian } = probe.options;
      const request = { apiToken: `${probe.apiToken}x`, historians: [historian], clientId: 'contract', settings: {} };
      const outcome = await probe.raw('saf', '/getSessionToken', request, signal);
      return outcome.outcome === 'errors' ? held : expectOutcome(outcome, 'unauthorised');
    },
  },
  {
    id: 'W-07',
    says: 'properties can be written with timestamp, JSON scalar and quality 192',
    check: (probe, signal) =>
      probe.withSession(signal, async (token) => {
        const tags = { [probe.tag('every kind of value')]: everyKindOfValue, [probe.tag(longTag('1'))]: { text: 'a' } };
        valueOf(await probe.write(token, tags, signal));
        return held;
      }),
  },
  {
    id: 'W-08',
    says: 'the same write may be sent twice',
    check: (probe, signal) =>
      probe.withSession(signal, async (token) => {
        const at = timestampNow();
        const tags = { [probe.tag('every kind of value')]: everyKindOfValue };
        valueOf(await probe.write(token, tags, signal, at));
        return expectOutcome(await probe.write(token, tags, signal, at), 'ok');
      }),
  },
  {
    id: 'W-09',
    says: 'a write that makes no sense is Errors with a text, not Good',
    check: (probe, signal) =>
      probe.withSession(signal, async (token) => {
        const rows = [['text', 'no timestamp', 'x', 192]];
        const request = { sessionToken: token, properties: { [probe.tag('refused')]: rows } };
        const outcome = await probe.raw('saf', '/storeData', request, signal);
        if (outcome.outcome !== 'errors') return expectOutcome(outcome, 'errors');
        return outcome.messages.some((text) => text.includes(probe.tag('refused')))
          ? held
          : broken(`the text does not name the tag: ${outcome.messages.join('; ')}`);
      }),
  },
  {
    id: 'W-10',
    says: '/getDatasets lists the dataset that was written to',
    check: (probe, signal) =>
      probe.settles(signal, async () => {
        const datasets = valueOf(await probe.saf.datasets(signal));
        return datasets.includes(probe.options.dataset) ? null : `it lists ${datasets.length} others`;
      }),
  },
];
