import { isJsonObject } from '../saf/store-data-body.ts';
import type { Sessions } from '../saf/sessions.ts';

/** What the log of requests says about the body of a call, whether the call was obeyed or not. */
export interface CallFacts {
  /** Distinct tags in the body. */
  readonly tags: number;
  /** Property points in the body. */
  readonly properties: number;
  /** First tag of the body: with it the attempts of one batch can be told from those of another. */
  readonly firstTag: string | null;
  /** Which session, by its ordinal; null without one that is open. */
  readonly session: number | null;
}

export const noFacts: CallFacts = { tags: 0, properties: 0, firstTag: null, session: null };

export function factsOf(body: Readonly<Record<string, unknown>>, sessions: Sessions): CallFacts {
  const token = body['sessionToken'];
  const session = typeof token === 'string' ? (sessions.find(token)?.ordinal ?? null) : null;
  if (Array.isArray(body['tags'])) {
    const [first] = body['tags'];
    return { tags: body['tags'].length, properties: 0, firstTag: typeof first === 'string' ? first : null, session };
  }
  const sections = ['properties', 'tvqs', 'annotations'].flatMap((name) => {
    const section = body[name];
    return isJsonObject(section) ? [section] : [];
  });
  if (sections.length === 0) return { ...noFacts, session };
  const tags = new Set(sections.flatMap((section) => Object.keys(section)));
  const [firstTag = null] = tags;
  return { tags: tags.size, properties: pointsIn(body['properties']), firstTag, session };
}

function pointsIn(section: unknown): number {
  if (!isJsonObject(section)) return 0;
  return Object.values(section).reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}
