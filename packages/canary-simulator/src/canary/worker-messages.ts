import type { ControlAnswer, ControlRequest } from '../control/historian-control.ts';
import type { StoredStats } from '../control/historian-stats.ts';
import type { ApiAnswer, ApiRequest } from './canary.ts';

export type ToWorker =
  | { readonly id: number; readonly kind: 'call'; readonly request: ApiRequest }
  | { readonly id: number; readonly kind: 'control'; readonly request: ControlRequest }
  | { readonly id: number; readonly kind: 'stats'; readonly now: number };

export type FromWorker =
  | { readonly id: number; readonly kind: 'call'; readonly answer: ApiAnswer }
  | { readonly id: number; readonly kind: 'control'; readonly answer: ControlAnswer }
  | { readonly id: number; readonly kind: 'stats'; readonly stats: StoredStats }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string };
