import { describeFailure, GuardRailError, type PropertiesByTag } from '@uns/canary-client';
import type { TagOutcome } from '@uns/uns';
import type { Sent } from '../request/request-sender.ts';
import { deferred, delivered, failed } from '../tag-outcomes.ts';
import type { TagToWrite } from '../tag-to-write.ts';
import { nextGroups, type Group } from './next-groups.ts';

/**
 * Writes the tags of one request. When Canary refuses it, the tags it refuses are found by sending parts, so that they alone fail and
 * all others are delivered. Writing a tag again does no harm: same property, timestamp and value.
 *
 * @param onRefused told once for each request that was refused and is sent in parts
 */
export async function storeTags(
  tags: readonly TagToWrite[],
  send: (tags: PropertiesByTag) => Promise<Sent>,
  onRefused: (messages: readonly string[]) => void,
): Promise<TagOutcome[]> {
  const outcomes: TagOutcome[] = [];
  const groups: Group<TagToWrite>[] = [{ tags, level: 0 }];
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    const sent = await sendGuarded(group, send);
    if (sent.sent === 'guarded') {
      outcomes.push(failed(sent.tag, 'GUARD_RAIL', sent.detail, 'nothing was sent'));
      const others = group.tags.filter((tag) => tag !== sent.tag);
      if (others.length > 0) groups.unshift({ ...group, tags: others });
    } else if (sent.sent === 'stored') {
      outcomes.push(...group.tags.map(delivered));
    } else if (sent.sent === 'attempts-used') {
      const why = describeFailure(sent.failure);
      outcomes.push(...group.tags.map(({ source }) => deferred(source, 'ATTEMPTS_EXHAUSTED', why)));
    } else {
      const next = nextGroups(group, sent.messages);
      if (next.split === 'groups') {
        onRefused(sent.messages);
        groups.unshift(...next.groups);
      } else {
        const answer = sent.messages.join('\n');
        outcomes.push(...group.tags.map((tag) => failed(tag, 'REJECTED', sent.messages[0] ?? 'no text given', answer)));
      }
    }
  }
  return outcomes;
}

type Guarded = Sent | { sent: 'guarded'; tag: TagToWrite; detail: string };

async function sendGuarded(
  { tags }: Group<TagToWrite>,
  send: (tags: PropertiesByTag) => Promise<Sent>,
): Promise<Guarded> {
  try {
    return await send(new Map(tags.map(({ tag, properties }) => [tag, properties])));
  } catch (error) {
    const tag = error instanceof GuardRailError ? tags.find((candidate) => candidate.tag === error.tag) : undefined;
    if (tag === undefined || !(error instanceof GuardRailError)) throw error;
    return { sent: 'guarded', tag, detail: error.message };
  }
}
