import { relative } from 'node:path';
import type { LocalStack } from '../stack/local-stack.ts';

/** Where to look, for a person. */
export function urlLines(stack: LocalStack): string[] {
  const { mqttUrl, canaryUrl, boardUrl, postgresUrl } = stack.endpoints;
  const { user, password } = stack.board;
  return [
    '',
    'Look around:',
    `  Queues      ${boardUrl}   (user ${user}, password ${password})`,
    `  Canary      ${canaryUrl}/sim/stats`,
    `              ${canaryUrl}/sim/tags?limit=20`,
    `  PostgreSQL  ${postgresUrl}`,
    `  Broker      ${mqttUrl}`,
    `  All of it   ${relative(process.cwd(), stack.folder)}/endpoints.json`,
    '',
    'Ctrl-C stops everything.',
  ];
}
