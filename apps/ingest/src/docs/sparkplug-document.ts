import type { FaultEffect } from '@uns/sparkplug';
import { ingestSettings } from '../config.ts';
import { QUARANTINE_REASONS, type ReasonEntry } from '../quarantine/reasons.ts';
import { REBIRTH_REASONS } from '../rebirth/rebirth-reasons.ts';
import * as prose from './prose.ts';

const effects: readonly [effect: FaultEffect, title: string, costs: string][] = [
  ['birth', 'The birth cannot be used, or not to its end', 'What was read before the fault is stored.'],
  ['metric', 'The metric is left out', 'Its neighbours are stored.'],
  ['property', 'The property is left out', 'The metric and its other properties are stored.'],
  ['noted', 'Nothing is lost', 'The entry says what is odd.'],
  ['message', 'The message is no birth', 'It is passed over.'],
];

const limitSettings = [
  'mailboxBytes',
  'mostDevices',
  'maxInflatedBytes',
  'maxMetrics',
  'maxMetricBytes',
  'maxNameBytes',
  'maxKeyBytes',
  'maxStringBytes',
  'maxProperties',
  'maxDepth',
  'maxTemplateMembers',
  'maxTemplateBytes',
] as const satisfies readonly (keyof typeof ingestSettings)[];

/** docs/sparkplug.md: prose by hand, tables from what the code does. */
export function sparkplugDocument(): string {
  return `${[
    prose.reading,
    '## Datatypes',
    table(['Sparkplug property', 'in the store', 'remarks'], prose.datatypeRows),
    prose.afterDatatypes,
    prose.naming,
    prose.renames,
    prose.rebirths,
    table(
      ['reason', 'why the edge node is asked'],
      Object.entries(REBIRTH_REASONS).map(([reason, why]) => [`\`${reason}\``, why]),
    ),
    prose.limits,
    table(
      ['setting', 'meaning', 'default'],
      limitSettings.map((name) => {
        const { env, doc, default: fallback } = ingestSettings[name];
        return [`\`${env}\``, doc, fallback?.text ?? ''];
      }),
    ),
    prose.quarantine,
    ...effects.map(reasonSection),
  ].join('\n\n')}\n`;
}

function reasonSection([effect, title, costs]: (typeof effects)[number]): string {
  const rows = Object.entries<ReasonEntry>(QUARANTINE_REASONS)
    .filter(([, entry]) => entry.effect === effect)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, { means, whatToDo }]) => [`\`${reason}\``, means, whatToDo]);
  return `### ${title}\n\n${costs}\n\n${table(['reason', 'means', 'what to do'], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    '<!-- prettier-ignore-start -->',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '<!-- prettier-ignore-end -->',
  ].join('\n');
}
