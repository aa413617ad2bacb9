import { parseArgs } from 'node:util';
import type { DeviceId } from '../path-rules/mapped-path.ts';

export const usage = `uns-path: the paths that mapping rules give, and why

  uns-path [--rules <file>] [--json] <topic> [<metric name> ...]
  uns-path [--rules <file>] --check

<topic>   spBv1.0/<group>/DBIRTH/<edge>/<device>, <group>/DBIRTH/<edge>/<device> or <group>/<edge>/<device>
--rules   the rules file; else the one that UNS_RULES_FILE names, else the default rule alone
--check   read the rules and say whether they can be used
--json    one JSON object per path

Exit codes: 0 every path was made, 1 a path was refused, 64 wrong arguments, 78 the rules cannot be used.`;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'check'; readonly rulesFile: string | null }
  | {
      readonly kind: 'explain';
      readonly rulesFile: string | null;
      readonly json: boolean;
      readonly device: DeviceId;
      readonly names: readonly string[];
    }
  | { readonly kind: 'wrong'; readonly reason: string };

export function parseCommand(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rules: { type: 'string' },
        check: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { kind: 'wrong', reason: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  const rulesFile = values.rules ?? (env['UNS_RULES_FILE'] || null);
  if (values.check) return { kind: 'check', rulesFile };
  const [topic, ...names] = positionals;
  if (topic === undefined) return { kind: 'wrong', reason: 'a topic is missing' };
  const device = parseDevice(topic);
  if (device === null) return { kind: 'wrong', reason: `"${topic}" is not the topic of a device` };
  return { kind: 'explain', rulesFile, json: values.json, device, names };
}

function parseDevice(topic: string): DeviceId | null {
  const levels = topic.split('/');
  if (levels[0] === 'spBv1.0') levels.shift();
  if (levels.length === 4 && levels[1] === 'DBIRTH') levels.splice(1, 1);
  const [group, edge, device] = levels;
  if (!group || !edge || !device || levels.length !== 3) return null;
  return { group, edge, device };
}
