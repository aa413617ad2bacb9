import type { DeferReason, FailReason, TagOutcome, WriteTag } from '@uns/uns';
import type { TagToWrite } from './tag-to-write.ts';

/** The limits of the receipt's contract. */
const longestDetail = 2000;
const longestExcerpt = 8000;

const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;

export function delivered({ source, tag }: TagToWrite): TagOutcome {
  const { metricId, canaryId, properties, removed } = source;
  return { outcome: 'delivered', metricId, canaryId, tag, properties, removed };
}

/** To be delivered again later. `tag` is the tag found now, for `TAG_MOVED`. */
export function deferred(
  { metricId, canaryId }: WriteTag,
  reason: DeferReason,
  detail: string,
  tag: string | null = null,
): TagOutcome {
  return { outcome: 'deferred', metricId, canaryId, reason, tag, detail: cut(detail, longestDetail) };
}

/** Given up: a dead letter, with what was sent and what came back. */
export function failed({ source, tag }: TagToWrite, reason: FailReason, detail: string, answer: string): TagOutcome {
  const { metricId, canaryId, properties } = source;
  return {
    outcome: 'failed',
    metricId,
    canaryId,
    reason,
    tag,
    detail: cut(detail, longestDetail),
    request: cut(JSON.stringify({ [tag]: properties }), longestExcerpt),
    answer: cut(answer, longestExcerpt),
  };
}
