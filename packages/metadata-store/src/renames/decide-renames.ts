export interface DeclaredRename {
  readonly id: string;
  readonly oldName: string;
  readonly newName: string;
}

export type RenameDecision =
  | { kind: 'apply' }
  /** The next birth may bring it about. */
  | { kind: 'wait'; note: string }
  /** No birth can. */
  | { kind: 'impossible'; note: string };

/**
 * Which of the pending renames a complete birth brings about: those whose new name it has, and whose old name it has no more, unless
 * that one is the new name of something else. So a chain (A to B while B to C) is told from the state before it, and goes together; a
 * swap, before and after which the names are the same, counts as done with the first birth that has both.
 *
 * The metric that has the new name so far either is renamed itself or gives way: somebody said that the name stands for another one.
 */
export function decideRenames(o: {
  pending: readonly DeclaredRename[];
  inBirth: ReadonlySet<string>;
  inStore: ReadonlySet<string>;
}): Map<string, RenameDecision> {
  const decisions = new Map<string, RenameDecision>();
  const applied = new Map<string, DeclaredRename>();
  const pendingFrom = new Set<string>();
  for (const rename of o.pending) {
    const { id, oldName, newName } = rename;
    if (!o.inStore.has(oldName)) {
      decisions.set(id, { kind: 'impossible', note: `no metric is called "${oldName}" any more` });
      continue;
    }
    pendingFrom.add(oldName);
    if (o.inBirth.has(newName)) applied.set(oldName, rename);
    else decisions.set(id, { kind: 'wait', note: `the birth has no "${newName}"` });
  }
  // From all that may be, down to what holds together: whatever falls may take others with it.
  for (let before = -1; before !== applied.size;) {
    before = applied.size;
    const given = new Set([...applied.values()].map((rename) => rename.newName));
    for (const [oldName, { id, newName }] of applied) {
      const note = objection({ oldName, newName, given, applied, pendingFrom, inBirth: o.inBirth });
      if (note === null) continue;
      applied.delete(oldName);
      decisions.set(id, { kind: 'wait', note });
    }
  }
  for (const { id } of applied.values()) decisions.set(id, { kind: 'apply' });
  return decisions;
}

function objection(o: {
  oldName: string;
  newName: string;
  given: ReadonlySet<string>;
  applied: ReadonlyMap<string, DeclaredRename>;
  pendingFrom: ReadonlySet<string>;
  inBirth: ReadonlySet<string>;
}): string | null {
  if (o.inBirth.has(o.oldName) && !o.given.has(o.oldName)) return `the birth still has "${o.oldName}"`;
  if (o.pendingFrom.has(o.newName) && !o.applied.has(o.newName)) return `"${o.newName}" is to be renamed first`;
  return null;
}
