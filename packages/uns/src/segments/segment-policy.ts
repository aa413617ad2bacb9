import { isClean, KEPT } from './clean-text.ts';

/** Raise it when a rule below changes: it is part of every birth's fingerprint. */
export const SEGMENT_POLICY_VERSION = 1;

/** UTF-8 bytes. */
export const MAX_SEGMENT_BYTES = 255;

/** UTF-8 bytes. PostgreSQL refuses rows in its unique indexes over paths and names beyond 2,704 bytes. */
export const MAX_PATH_BYTES = 2000;

const replaced = new RegExp(String.raw`[^[${KEPT}\p{Zs}.\/]]+`, 'gv');
const otherSpace = /(?! )\p{Zs}/gu;
const gap = /[ .]{2,}/g;
const ends = /^[ .]{1,3}|[ .]{1,3}$/g;

/**
 * Every segment of `a/b/c` cleaned, the empty ones left out; empty when nothing can be kept. Cleaning a clean path
 * changes nothing. The policy by example: segment-examples.ts.
 */
export function cleanPath(text: string): string {
  if (isClean(text)) return text;
  const kept = text.normalize('NFC').replace(replaced, '_').replace(otherSpace, ' ');
  return isClean(kept) ? kept : kept.split('/').map(tidySegment).filter(Boolean).join('/');
}

// What closing the gaps leaves at the ends is " . " at most: the bound keeps the second expression linear.
function tidySegment(segment: string): string {
  return segment.replace(gap, closeGap).replace(ends, '');
}

// A dot opens a browse level in Canary: two dots with nothing but spaces between them would open an empty one.
function closeGap(spacesAndDots: string): string {
  if (!spacesAndDots.includes('.')) return ' ';
  return `${spacesAndDots.startsWith(' ') ? ' ' : ''}.${spacesAndDots.endsWith(' ') ? ' ' : ''}`;
}
