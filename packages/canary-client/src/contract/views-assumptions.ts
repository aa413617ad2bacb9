import type { Continuation } from '../views/continuation.ts';
import type { Assumption } from './assumption.ts';
import { valueOf, type ContractProbe } from './contract-probe.ts';
import { broken, expectOutcome, held, undecided } from './verdict.ts';
import { everyKindOfValue } from './write-assumptions.ts';

/** All tags below the suite's own browse level, three to a page. */
async function listOwnTags(probe: ContractProbe, signal: AbortSignal): Promise<{ tags: string[]; pages: number }> {
  const request = { path: probe.inView(probe.tag('x').slice(0, -2)), deep: true, maxSize: 3 };
  const tags: string[] = [];
  let after: Continuation | null = null;
  let pages = 0;
  do {
    const page: { tags: readonly string[]; continuation: Continuation | null } = valueOf(
      await probe.views.browseTags(request, after, signal),
    );
    tags.push(...page.tags);
    after = page.continuation;
    pages++;
  } while (after !== null && pages < 1_000);
  return { tags, pages };
}

const sameValue = (a: unknown, b: unknown): boolean => String(a) === String(b);

export const viewsAssumptions: readonly Assumption[] = [
  {
    id: 'V-01',
    says: 'a wrong API token is BadUserToken',
    async check(probe, signal) {
      if (probe.apiToken === undefined) return undecided('no API token was given');
      const request = { apiToken: `${probe.apiToken}x`, path: '' };
      return expectOutcome(await probe.raw('views', '/browseNodes', request, signal), 'unauthorised');
    },
  },
  {
    id: 'V-02',
    says: '/browseNodes lists datasets by name, with the path to browse them by',
    check: (probe, signal) =>
      probe.settles(signal, async () => {
        const nodes = valueOf(await probe.views.browseNodes(probe.options.view ?? '', signal));
        const { dataset } = probe.options;
        const path = nodes.get(dataset)?.fullPath;
        if (path === undefined) return `it lists ${[...nodes.keys()].slice(0, 10).join(', ')}, not ${dataset}`;
        return path === probe.inView(dataset) ? null : `the path of ${dataset} is ${path}`;
      }),
  },
  {
    id: 'V-03',
    says: '/browseTags lists full tags below a path at any depth, letter case kept',
    check: (probe, signal) =>
      probe.settles(signal, async () => {
        const { tags } = await listOwnTags(probe, signal);
        const expected = [probe.tag('every kind of value'), probe.tag('431 - Kiln Drive.Área 1')].map((tag) =>
          probe.inView(tag),
        );
        const missing = expected.filter((tag) => !tags.includes(tag));
        return missing.length === 0 ? null : `not among ${tags.length} tags: ${missing.join(', ')}`;
      }),
  },
  {
    id: 'V-04',
    says: 'pages end with a null continuation and repeat nothing',
    async check(probe, signal) {
      await probe.withSession(signal, async (token) => {
        const names = ['page 1', 'page 2', 'page 3', 'page 4'].map((name) => probe.tag(name));
        valueOf(await probe.write(token, Object.fromEntries(names.map((name) => [name, { text: 'x' }])), signal));
      });
      return probe.settles(signal, async () => {
        const { tags, pages } = await listOwnTags(probe, signal);
        if (new Set(tags).size !== tags.length) return 'a tag is on two pages';
        return pages > 1 ? null : `${tags.length} tags came on one page of 3`;
      });
    },
  },
  {
    id: 'V-05',
    says: 'search takes the words of a whole tag, wherever they are in it',
    async check(probe, signal) {
      const tag = probe.tag('431 - Kiln Drive.Área 1');
      const request = {
        path: probe.inView(probe.options.dataset),
        deep: true,
        search: tag.slice(probe.options.dataset.length + 1),
      };
      const { tags } = valueOf(await probe.views.browseTags(request, null, signal));
      return tags.includes(probe.inView(tag)) ? held : broken(`it found ${tags.length} tags, not the one`);
    },
  },
  {
    id: 'V-06',
    says: 'a tag that does not exist is found by no search',
    async check(probe, signal) {
      const request = { path: probe.inView(probe.options.dataset), deep: true, search: 'nobody has this word' };
      const { tags } = valueOf(await probe.views.browseTags(request, null, signal));
      return tags.length === 0 ? held : broken(`it found ${tags.length}`);
    },
  },
  {
    id: 'V-07',
    says: 'what was written reads back through /getTagProperties',
    check: (probe, signal) =>
      probe.settles(signal, async () => {
        const tag = probe.inView(probe.tag('every kind of value'));
        const read = valueOf(await probe.views.getTagProperties([tag], signal)).get(tag);
        const wrong = Object.entries(everyKindOfValue).filter(([name, value]) => !sameValue(read?.get(name), value));
        return wrong.length === 0
          ? null
          : wrong.map(([name, value]) => `${name} is ${String(read?.get(name))}, not ${String(value)}`).join('; ');
      }),
  },
  {
    id: 'V-08',
    says: 'the sequence of /browseStatus moves when a tag appears',
    async check(probe, signal) {
      const views = probe.options.view === null ? null : [probe.options.view];
      const before = valueOf(await probe.views.browseStatus(views, signal));
      await probe.withSession(signal, async (token) => {
        valueOf(await probe.write(token, { [probe.tag(`run ${Date.now()}`)]: { text: 'x' } }, signal));
      });
      return probe.settles(signal, async () => {
        const after = valueOf(await probe.views.browseStatus(views, signal));
        return [...after].some(([view, sequence]) => before.get(view) !== sequence) ? null : 'no sequence moved';
      });
    },
  },
  {
    id: 'V-09',
    says: 'tags whose names differ in letter case only are two tags',
    async check(probe, signal) {
      const [upper, lower] = [probe.tag('Letter Case'), probe.tag('letter case')];
      await probe.withSession(signal, async (token) => {
        valueOf(await probe.write(token, { [upper]: { text: 'upper' }, [lower]: { text: 'lower' } }, signal));
      });
      return probe.settles(signal, async () => {
        const read = valueOf(
          await probe.views.getTagProperties(
            [upper, lower].map((tag) => probe.inView(tag)),
            signal,
          ),
        );
        const values = [upper, lower].map((tag) => read.get(probe.inView(tag))?.get('text'));
        return values[0] === 'upper' && values[1] === 'lower' ? null : `they read ${values.join(' and ')}`;
      });
    },
  },
];
