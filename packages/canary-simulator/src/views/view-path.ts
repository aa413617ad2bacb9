import type { CanaryState } from '../canary/canary-state.ts';

/** Where a path of Views leads. */
export type Place =
  /** Above the datasets: the root, or the level that lists the views. */
  | { readonly level: 'root' }
  | { readonly level: 'view' }
  /** A dataset (`prefix` is empty) or a browse level in it (`prefix` ends with `.`). */
  | { readonly level: 'dataset'; readonly dataset: string; readonly prefix: string }
  | { readonly level: 'nowhere' };

/** Takes a path apart. Without a view the datasets are at the root, and `root` does not occur. */
export function placeOf(canary: CanaryState, path: string): Place {
  if (canary.view === null) return path === '' ? { level: 'view' } : inView(path);
  if (path === '') return { level: 'root' };
  if (path === canary.view) return { level: 'view' };
  return path.startsWith(`${canary.view}.`) ? inView(path.slice(canary.view.length + 1)) : { level: 'nowhere' };
}

function inView(path: string): Place {
  const dot = path.indexOf('.');
  if (dot === -1) return { level: 'dataset', dataset: path, prefix: '' };
  return { level: 'dataset', dataset: path.slice(0, dot), prefix: `${path.slice(dot + 1)}.` };
}

/** The full path of what is at `path` in the view. */
export const inViewPath = (canary: CanaryState, path: string): string =>
  canary.view === null ? path : `${canary.view}.${path}`;
