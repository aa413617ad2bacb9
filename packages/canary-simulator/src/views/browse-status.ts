import { z } from 'zod';
import { errors, good } from '../canary/envelope.ts';
import type { Operation } from '../canary/operation.ts';
import { withToken } from './with-token.ts';

const body = z.strictObject({
  apiToken: z.string().optional(),
  views: z.union([z.string(), z.array(z.string())]).optional(),
});

/** One view, whose sequence moves when a tag or a dataset is added, made obsolete or taken back. */
export const browseStatus: Operation = withToken(body, (canary, _call, query) => {
  const view = canary.view ?? canary.primary.name;
  const unknown = [query.views ?? []].flat().filter((name) => name !== view);
  if (unknown.length > 0) return errors(...unknown.map((name) => `view "${name}" does not exist`));
  return good({ views: { [view]: { sequence: canary.primary.tags.sequence } } });
});
