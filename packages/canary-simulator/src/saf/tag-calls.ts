import { z } from 'zod';
import { errors, good } from '../canary/envelope.ts';
import { withBody, type Operation } from '../canary/operation.ts';
import { parseTagName, type TagName } from '../historian/tag-name.ts';
import { withSession } from './with-session.ts';

const body = z.strictObject({ sessionToken: z.string(), tags: z.array(z.string()).min(1) });

/** Obsolete tags are kept with their history, and neither browsed nor written. */
const setObsolete = (obsolete: boolean): Operation =>
  withSession((canary, call, session) =>
    withBody(body, (_canary, _call, { tags }) => {
      const parsed = tags.map((tag) => ({ tag, result: parseTagName(tag) }));
      const problems = parsed.flatMap(({ tag, result }) => ('problem' in result ? `"${tag}": ${result.problem}` : []));
      if (problems.length > 0) return errors(...problems);
      const names: TagName[] = parsed.flatMap(({ result }) => ('name' in result ? result.name : []));
      const unknown = session.historians.flatMap((historian) => historian.tags.setObsolete(names, obsolete, call.now));
      return unknown.length === 0 ? good() : errors(...unknown.map((tag) => `"${tag}": the tag does not exist`));
    })(canary, call),
  );

export const obsoleteTags: Operation = setObsolete(true);
export const unobsoleteTags: Operation = setObsolete(false);
