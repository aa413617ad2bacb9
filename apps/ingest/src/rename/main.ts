import { userInfo } from 'node:os';
import { declareRenames, listRenames, openStore, withdrawRename } from '@uns/metadata-store';
import { exitCode, loadConfig, runCommand } from '@uns/service';
import type { Sql } from 'postgres';
import { ingestSettings } from '../config.ts';
import { parseCommand, usage, type Command } from './command-line.ts';
import { refusal } from './refusal.ts';

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

await runCommand({
  name: 'rename',
  usage,
  command: parseCommand(process.argv.slice(2)),
  run: async (command) => {
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
  },
});
