import { defaultPathRules } from '../path-rules/default-rule.ts';
import { explainPath } from '../path-rules/explain-path.ts';
import { PathRulesError } from '../path-rules/path-rules-error.ts';
import { readPathRules } from '../path-rules/read-path-rules.ts';
import { parseCommand, usage, type Command } from './command-line.ts';
import { pathReport } from './path-report.ts';

const write = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

function run(command: Command): number {
  if (command.kind === 'help') {
    write(usage);
    return 0;
  }
  if (command.kind === 'wrong') {
    complain(`${command.reason}\n\n${usage}`);
    return 64;
  }
  const rules = command.rulesFile === null ? defaultPathRules : readPathRules(command.rulesFile);
  if (command.kind === 'check') {
    write(`${rules.file ?? 'no rules file'}: ${rules.rules.length - 1} rules and the default, digest ${rules.digest}`);
    return 0;
  }
  const { device, names, json } = command;
  const explanations = [explainPath(rules, device), ...names.map((name) => explainPath(rules, { ...device, name }))];
  for (const explanation of explanations) {
    write(json ? JSON.stringify(explanation) : pathReport(explanation, rules.file).join('\n'));
  }
  return explanations.every(({ path }) => path.ok) ? 0 : 1;
}

try {
  process.exitCode = run(parseCommand(process.argv.slice(2), process.env));
} catch (error) {
  if (!(error instanceof PathRulesError)) throw error;
  complain(error.message);
  process.exitCode = 78;
}
