import type { DeadLetter, DeadLetterDetail } from '@uns/metadata-store';

/** One line for a list. */
export function line(letter: DeadLetter): string {
  const state = letter.resolution === null ? 'open' : `${letter.resolution} by ${letter.resolvedBy ?? 'somebody'}`;
  return [letter.id, letter.createdAt.toISOString(), state, letter.reason, letter.canaryId, short(letter.detail)].join(
    '  ',
  );
}

/** Everything, for somebody who has to decide. */
export function page(letter: DeadLetterDetail): string {
  const { now } = letter;
  const resolved = letter.resolvedAt === null ? '' : ` at ${letter.resolvedAt.toISOString()} by ${letter.resolvedBy}`;
  return [
    `dead letter ${letter.id}: ${letter.resolution ?? 'open'}${resolved}`,
    `given up    ${letter.createdAt.toISOString()}`,
    `reason      ${letter.reason}: ${letter.detail}`,
    `canary id   ${letter.canaryId}`,
    `tag         ${letter.tag ?? 'none found'}`,
    `device      ${letter.device}`,
    `metric      ${letter.metricId}, ${now.unsPath}`,
    `delivery    ${letter.deliveryId}; the metric is ${now.delivery} now`,
    `sent        ${letter.request || '-'}`,
    `answered    ${letter.answer || '-'}`,
    `should be   ${JSON.stringify(now.desired)}`,
    `Canary has  ${JSON.stringify(now.delivered)}`,
  ].join('\n');
}

const short = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`).replaceAll('\n', ' ');
