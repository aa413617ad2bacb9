import { readFileSync } from 'node:fs';
import { exitCode } from '@uns/service';
import { ClientOptionsError } from '../client-options-error.ts';
import { checkAssumptions, type Finding } from './assumption.ts';
import { readContractOptions, usage } from './contract-options.ts';
import { ContractProbe } from './contract-probe.ts';
import { findingLine, summary } from './report.ts';
import { viewsAssumptions } from './views-assumptions.ts';
import { writeAssumptions } from './write-assumptions.ts';

/** Prints each assumption with what became of it. @returns the exit code: 0 when some held and none is broken */
async function main(args: readonly string[]): Promise<number> {
  const options = readContractOptions(args);
  const apiToken = options.tokenEnv === null ? undefined : process.env[options.tokenEnv];
  if (options.tokenEnv !== null && apiToken === undefined) {
    throw new ClientOptionsError(`the environment variable ${options.tokenEnv} of --token-env is not set`);
  }
  const ca = options.caFile === null ? undefined : readFileSync(options.caFile, 'utf8');
  const probe = new ContractProbe(options, { apiToken, ca });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('interrupted')));
  const findings: Finding[] = [];
  try {
    for await (const finding of checkAssumptions([...writeAssumptions, ...viewsAssumptions], probe, stop.signal)) {
      findings.push(finding);
      process.stdout.write(`${findingLine(finding)}\n`);
    }
  } finally {
    probe.close();
  }
  process.stdout.write(`${summary(findings)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify({ findings })}\n`);
  const verdicts = new Set(findings.map(({ verdict }) => verdict));
  return verdicts.has('held') && !verdicts.has('broken') ? exitCode.ok : exitCode.failed;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const wrongUse = error instanceof ClientOptionsError;
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n${wrongUse ? `\n${usage}` : ''}`);
  process.exitCode = wrongUse ? exitCode.configuration : exitCode.failed;
}
