import type { ChildProcess } from 'node:child_process';

let children: Set<ChildProcess> | null = null;

/** Ends the process, should this one exit before it: after a second Ctrl-C nobody is left to stop it in order. */
export function endWithUs(child: ChildProcess): void {
  children ??= watched();
  children.add(child);
  child.once('close', () => children?.delete(child));
}

function watched(): Set<ChildProcess> {
  const set = new Set<ChildProcess>();
  process.once('exit', () => {
    for (const child of set) child.kill('SIGKILL');
  });
  return set;
}
