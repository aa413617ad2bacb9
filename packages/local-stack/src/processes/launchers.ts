import { readFileSync } from 'node:fs';

/** A process and the one that started it. */
interface Link {
  pid: number;
  parent: number;
}

/** npm, npx and pnpm, and the shells they put between themselves and what they run. */
const isLauncher = (command: string): boolean =>
  /(^|[\s/])(npx|npm|pnpm|corepack)([\s.]|$)/.test(command) || /^\S*sh\s-c\s/.test(command);

/**
 * Tells when somebody who started this process is gone: its parent, or, where `/proc` tells, one of the `npx` and `pnpm` before it. When
 * `npx` is ended by a signal it does not pass it on, and the rest of the chain would go on without anybody.
 */
export function watchLaunchers(): () => boolean {
  const parent = process.ppid;
  const chain = launchersOf(process.pid);
  return () => process.ppid !== parent || chain.some((link) => parentOf(link.pid) !== link.parent);
}

/** From this process on upwards, as far as it is launchers that started each other. */
function launchersOf(pid: number): Link[] {
  const chain: Link[] = [];
  for (let child = pid; ;) {
    const parent = parentOf(child);
    if (parent === null || !isLauncher(commandOf(parent))) return chain;
    chain.push({ pid: child, parent });
    child = parent;
  }
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? '';
}

/** Null when the process is gone, or where there is no `/proc`. */
function parentOf(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? null : parentIn(stat);
}

/** The name of the program stands in parentheses before it, and may hold anything. */
export function parentIn(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2]);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No such process, or a system without /proc.
    return null;
  }
}
