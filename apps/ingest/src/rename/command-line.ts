import { parseArgs } from 'node:util';
import type { DeviceIdentity, RenamePair } from '@uns/metadata-store';

export const usage = `rename: says that a metric has another name from its next birth on, so that it keeps its identity

  rename <group>/<edge>/<device> <old name> <new name> [<old name> <new name> ...]
  rename --list [--all]
  rename --withdraw <id>

Names are written as the edge publishes them, not as paths. Give all parts of a swap (A B  B A) or a chain (A B  B C) at once. The next
complete birth of the device that has the new name carries the identity over; until then the declaration is pending. It may also be
declared afterwards, when the edge has published the new name already.

--list       the pending declarations, and why the last birth did not bring them about
--all        those that are done with too
--withdraw   takes a pending declaration back

The store is the one that POSTGRES_URL names, with POSTGRES_TLS and POSTGRES_CA_FILE as for ingest.
Exit codes: 0 done, 1 refused by the store, 64 wrong arguments, 78 wrong configuration.`;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'list'; readonly all: boolean }
  | { readonly kind: 'withdraw'; readonly id: string }
  | { readonly kind: 'declare'; readonly device: DeviceIdentity; readonly pairs: readonly RenamePair[] }
  | { readonly kind: 'wrong'; readonly reason: string };

export function parseCommand(args: readonly string[]): Command {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        list: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        withdraw: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { kind: 'wrong', reason: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list', all: values.all };
  if (values.withdraw !== undefined) {
    if (!/^\d{1,18}$/.test(values.withdraw)) return { kind: 'wrong', reason: `"${values.withdraw}" is no id` };
    return { kind: 'withdraw', id: values.withdraw };
  }
  return parseDeclaration(positionals);
}

function parseDeclaration([topic, ...names]: string[]): Command {
  if (topic === undefined) return { kind: 'wrong', reason: 'a device is missing' };
  const levels = topic.split('/');
  const [group, edge, device] = levels;
  if (levels.length !== 3 || !group || !edge || !device) {
    return { kind: 'wrong', reason: `"${topic}" is not <group>/<edge>/<device>` };
  }
  if (names.length === 0 || names.length % 2 === 1) {
    return { kind: 'wrong', reason: 'names come in pairs, the old one and the new one' };
  }
  const pairs: RenamePair[] = [];
  for (let i = 0; i < names.length; i += 2) {
    const [oldName = '', newName = ''] = names.slice(i);
    if (oldName === '' || newName === '') return { kind: 'wrong', reason: 'a name is empty' };
    if (oldName === newName) return { kind: 'wrong', reason: `"${oldName}" is its own new name` };
    pairs.push({ oldName, newName });
  }
  return { kind: 'declare', device: { group, edge, device }, pairs };
}
