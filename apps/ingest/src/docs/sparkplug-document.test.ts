import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { FAULTS } from '@uns/sparkplug';
import { PATH_FAULTS, TYPING_FAULTS } from '@uns/uns';
import { QUARANTINE_REASONS } from '../quarantine/reasons.ts';
import { sparkplugDocument } from './sparkplug-document.ts';

const committed = new URL('../../../../docs/sparkplug.md', import.meta.url);

describe('docs/sparkplug.md', () => {
  it('B5 is what the generator prints: node apps/ingest/src/docs/main.ts > docs/sparkplug.md', () => {
    expect(readFileSync(committed, 'utf8')).toBe(sparkplugDocument());
  });

  it('B5 explains every reason once', () => {
    const [, quarantine = ''] = sparkplugDocument().split('## Quarantine');
    const explained = [...quarantine.matchAll(/^\| `([A-Z_]+)` \| .+ \| .+ \|$/gm)].map(([, reason = '']) => reason);
    expect(explained.toSorted()).toEqual(Object.keys(QUARANTINE_REASONS).toSorted());
  });
});

describe('the reasons', () => {
  it('are all that decoder, typing, paths and ingest give', () => {
    const all = [FAULTS, PATH_FAULTS, TYPING_FAULTS].flatMap((faults) => Object.keys(faults));
    expect(all.filter((reason) => !(reason in QUARANTINE_REASONS))).toEqual([]);
  });

  it.each(Object.entries(QUARANTINE_REASONS))(
    'say what %s means and what to do, in whole sentences',
    (_reason, entry) => {
      expect(entry.means).toMatch(/^[A-Z].+\.$/s);
      expect(entry.whatToDo).toMatch(/^[A-Z].+\.$/s);
    },
  );
});
