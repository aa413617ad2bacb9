import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { declareRenames, listRenames, openStore, withdrawRename } from '@uns/metadata-store';
import { ConfigurationError, exitCode, loadConfig } from '@uns/service';
import type { Sql } from 'postgres';
import { ingestSettings } from '../config.ts';
import { parseCommand, usage, type Command } from './command-line.ts';
import { refusal } from './refusal.ts';

const wrongArguments = 64;
const { postgresUrl, postgresTls, postgresCaFile } = ingestSettings;

const write = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

async function run(sql: Sql, command: Exclude<Command, { kind: 'help' | 'wrong' }>): Promise<number> {
  switch (command.kind) {
    case 'list': {
      const found = await listRenames(sql, command);
      for (const { id, group, edge, device, oldName, newName, state, note, declaredBy, declaredAt } of found) {
        write(
          `${id}  ${state}  ${group}/${edge}/${device}  "${oldName}" -> "${newName}"  (${declaredBy}, ${declaredAt.toISOString()})${note === null ? '' : `: ${note}`}`,
        );
      }
      if (found.length === 0) write('nothing is pending');
      return exitCode.ok;
    }
    case 'withdraw': {
      if (await withdrawRename(sql, command.id)) {
        write(`${command.id} is withdrawn`);
        return exitCode.ok;
      }
      complain(`no pending declaration has the id ${command.id}`);
      return exitCode.failed;
    }
    case 'declare': {
      const ids = await declareRenames(sql, command.device, command.pairs);
      command.pairs.forEach(({ oldName, newName }, i) =>
        write(`${ids[i]}  "${oldName}" -> "${newName}" with the next birth that has "${newName}"`),
      );
      return exitCode.ok;
    }
  }
}

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'help') {
    write(usage);
    return exitCode.ok;
  }
  if (command.kind === 'wrong') {
    complain(`${command.reason}\n\n${usage}`);
    return wrongArguments;
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { config } = loadConfig({
    service: 'rename',
    settings: { postgresUrl, postgresTls, postgresCaFile },
    env: process.env,
  });
  const sql = openStore({
    url: config.postgresUrl,
    applicationName: 'uns-rename',
    changedBy: userInfo().username,
    maxConnections: 1,
    tls: config.postgresTls,
    caFile: config.postgresCaFile,
  });
  try {
    return await run(sql, command);
  } catch (error) {
    const reason = refusal(error);
    if (reason === null) throw error;
    complain(reason);
    return exitCode.failed;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  complain(error.message);
  process.exitCode = exitCode.configuration;
}
