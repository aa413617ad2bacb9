import { errors, good } from '../canary/envelope.ts';
import type { Operation } from '../canary/operation.ts';
import type { TagWrite } from '../historian/historian.ts';
import type { Session } from './session.ts';
import { readStoreData, type TagRequest } from './store-data-body.ts';
import { withSession } from './with-session.ts';

export const storeData: Operation = withSession((canary, call, session) => {
  const body = readStoreData(call.body);
  if ('problems' in body) return errors(...body.problems);
  const poison = canary.poison.problems(body.tags, call.poison);
  const problems: string[] = [];
  const writes: TagWrite[] = [];
  for (const request of body.tags) {
    const problem = problemOf(request, session);
    const poisoned = poison.get(request.tag);
    if (problem !== undefined) problems.push(`"${request.tag}": ${problem}`);
    else if (poisoned !== undefined) problems.push(poisoned);
    else if ('write' in request) writes.push(request.write);
  }
  if (problems.length === 0 || canary.storeRestOnErrors) store(writes, session, call.now);
  return problems.length === 0 ? good() : errors(...problems);
});

function problemOf(request: TagRequest, session: Session): string | undefined {
  if ('problem' in request) return request.problem;
  for (const historian of session.historians) {
    const problem = historian.problem(request.write, session.settings);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Writes to each historian of the session: each gets its copy. */
function store(writes: readonly TagWrite[], session: Session, now: number): void {
  for (const historian of session.historians) {
    for (const write of writes) session.wrote(historian, historian.write(write, session.settings, now));
  }
}
