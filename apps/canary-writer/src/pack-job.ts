import { packRequests, type RequestLimits } from '@uns/canary-client';
import type { TagOutcome } from '@uns/uns';
import { failed } from './tag-outcomes.ts';
import type { TagToWrite } from './tag-to-write.ts';

export interface PackedJob {
  requests: (readonly TagToWrite[])[];
  tooLarge: TagOutcome[];
}

/** Packs the tags of a job into requests within Canary's limits. A tag that is too large by itself is given up. */
export function packJob(tags: readonly TagToWrite[], limits: RequestLimits): PackedJob {
  const packed: PackedJob = { requests: [], tooLarge: [] };
  for (const round of withoutRepeats(tags)) {
    const { requests, tooLarge } = packRequests(round, limits);
    packed.requests.push(...requests);
    for (const { entry, bytes } of tooLarge) {
      const detail = `one request would need ${bytes} bytes, of ${limits.maxBytes} allowed`;
      packed.tooLarge.push(failed(entry, 'TAG_TOO_LARGE', detail, 'nothing was sent'));
    }
  }
  return packed;
}

/** Two metrics may lead to one tag, their paths differing in the first level only. A request names each tag once. */
function withoutRepeats(tags: readonly TagToWrite[]): TagToWrite[][] {
  const rounds: Map<string, TagToWrite>[] = [];
  for (const tag of tags) {
    let round = rounds.find((candidate) => !candidate.has(tag.tag));
    if (round === undefined) rounds.push((round = new Map()));
    round.set(tag.tag, tag);
  }
  return rounds.map((round) => [...round.values()]);
}
