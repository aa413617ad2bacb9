import { userInfo } from 'node:os';
import {
  countDeadLetters,
  discardDeadLetters,
  listDeadLetters,
  openStore,
  readDeadLetter,
  replayDeadLetters,
  type DeliveryPolicy,
} from '@uns/metadata-store';
import { exitCode, loadConfig, runCommand } from '@uns/service';
import type { Sql } from 'postgres';
import { cdcSettings, deliveryPolicyOf } from '../config.ts';
import { parseCommand, usage, type Command } from './command-line.ts';
import { line, page } from './show.ts';

const { postgresUrl, postgresTls, postgresCaFile } = cdcSettings;
const { volatileProperties, allowedProperties, deniedProperties, removedProperty } = cdcSettings;
const storeSettings = { postgresUrl, postgresTls, postgresCaFile };
const policySettings = { volatileProperties, allowedProperties, deniedProperties, removedProperty };

const write = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

type Task = Exclude<Command, { kind: 'help' | 'wrong' }>;

async function run(sql: Sql, command: Task, policy: DeliveryPolicy): Promise<boolean> {
  const by = userInfo().username;
  const answer = (object: object, text: string): void => write(command.json ? JSON.stringify(object) : text);
  switch (command.kind) {
    case 'list': {
      const letters = await listDeadLetters(sql, command.filter, command);
      const counts = [...(await countDeadLetters(sql, command.filter))];
      const last = letters.at(-1)?.id;
      const more = letters.length === command.limit && last !== undefined ? `\nmore with --before ${last}` : '';
      const sums = counts.map(([reason, count]) => `${reason} ${count}`).join(', ');
      answer(
        { deadLetters: letters, counts: Object.fromEntries(counts) },
        letters.length === 0 ? 'there are none' : `${letters.map(line).join('\n')}${more}\n${sums}`,
      );
      return true;
    }
    case 'show': {
      const letter = await readDeadLetter(sql, command.id, policy);
      if (letter === null) complain(`there is no dead letter ${command.id}`);
      else answer(letter, page(letter));
      return letter !== null;
    }
    case 'replay': {
      const { letters, metrics } = await replayDeadLetters(sql, command.choice, by);
      const text = `${plural(letters, 'dead letter')} replayed, ${plural(metrics, 'metric')} due now`;
      answer({ replayed: letters, metricsDue: metrics }, letters === 0 ? 'no open dead letter was chosen' : text);
      return letters > 0;
    }
    case 'discard': {
      const discarded = await discardDeadLetters(sql, command.choice, by);
      const text = `${plural(discarded, 'dead letter')} discarded`;
      answer({ discarded }, discarded === 0 ? 'no open dead letter was chosen' : text);
      return discarded > 0;
    }
  }
}

await runCommand({
  name: 'dead-letters',
  usage,
  command: parseCommand(process.argv.slice(2)),
  run: async (command) => {
    const { config } = loadConfig({
      service: 'dead-letters',
      settings: { ...storeSettings, ...policySettings },
      env: process.env,
    });
    const sql = openStore({
      url: config.postgresUrl,
      applicationName: 'uns-dead-letters',
      changedBy: userInfo().username,
      maxConnections: 1,
      tls: config.postgresTls,
      caFile: config.postgresCaFile,
    });
    try {
      return (await run(sql, command, deliveryPolicyOf(config))) ? exitCode.ok : exitCode.failed;
    } finally {
      await sql.end({ timeout: 5 });
    }
  },
});
