import { canaryId } from '../canary/canary-id.ts';
import type { PathExplanation } from '../path-rules/explain-path.ts';
import { PATH_FAULTS } from '../path-rules/mapped-path.ts';

/** An explanation as lines for people. `file` is where the rules came from. */
export function pathReport(
  { kind, path, used, variables, passedOver }: PathExplanation,
  file: string | null,
): string[] {
  const at = (line: number | null): string => (line === null ? 'built in' : `${file ?? 'rules'}:${line}`);
  const outcome = path.ok
    ? [
        `${kind} ${path.unsPath}`,
        row('country', path.country),
        row('business unit', path.businessUnit),
        row('plant', path.plant ?? '(none)'),
        ...(kind === 'metric' ? [row('canary id', canaryId(path.unsPath))] : []),
      ]
    : [
        `${kind} refused: ${path.reason}`,
        row('seen', path.detail),
        row('means', PATH_FAULTS[path.reason].means),
        row('what to do', PATH_FAULTS[path.reason].whatToDo),
      ];
  return [
    ...outcome,
    row('rule', `${used.rule} (${at(used.line)})`),
    row('template', used.template),
    ...variables.map(({ name, value, clean }) =>
      row(`{${name}}`, clean === value ? clean : `${clean}   (from ${JSON.stringify(value)})`),
    ),
    ...passedOver.map(({ rule, line, because }) => row('passed over', `${rule} (${at(line)}): ${because}`)),
  ];
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(14)} ${text}`;
}
