import { isReservedDataset } from '../segments/dataset-segment.ts';
import { cleanPath } from '../segments/segment-policy.ts';

/** `{group}/Portugal/Cement/{plant}`: text and variables, split into segments by `/`. */
export interface Template {
  readonly source: string;
  readonly parts: readonly TemplatePart[];
}

export type TemplatePart = { readonly text: string } | { readonly variable: string };

const MAX_TEMPLATE_LENGTH = 512;

export type TemplateParse = { ok: true; template: Template } | { ok: false; reasons: string[] };

const VARIABLE = /\{([^{}]*)\}/gu;

/** `leastSegments`: enterprise, country and business unit are found by position, so a path may not be shorter. */
export function parseTemplate(source: string, leastSegments: number): TemplateParse {
  if (source.length > MAX_TEMPLATE_LENGTH) {
    return { ok: false, reasons: [`the template is longer than ${MAX_TEMPLATE_LENGTH} characters`] };
  }
  const reasons: string[] = [];
  const parts = partsOf(source);
  const filled = source.replace(VARIABLE, 'x');
  const segments = filled.split('/');
  if (segments.includes('')) {
    reasons.push(`"${source}" has an empty segment: no "/" at the ends, none doubled`);
  } else if (cleanPath(filled) !== filled) {
    const text = parts.flatMap((part) => ('text' in part ? part.text : [])).join('');
    reasons.push(`"${source}" has text no path may hold ("${text}"): see the segment policy`);
  }
  if (segments[0]?.includes('.')) reasons.push(`"${source}": the first segment names the dataset and holds no dot`);
  if (isReservedDataset(segments[0] ?? '')) reasons.push(`"${source}": as a dataset "${segments[0]}" is reserved`);
  if (segments.length < leastSegments) {
    reasons.push(`"${source}" has ${segments.length} of at least ${leastSegments} segments`);
  }
  return reasons.length > 0 ? { ok: false, reasons } : { ok: true, template: { source, parts } };
}

function partsOf(source: string): TemplatePart[] {
  // split() on one group alternates text, variable, text, ...
  return source.split(VARIABLE).flatMap((piece, i): TemplatePart[] => {
    if (i % 2 === 1) return [{ variable: piece }];
    return piece === '' ? [] : [{ text: piece }];
  });
}

export function variablesOf(template: Template): string[] {
  return template.parts.flatMap((part) => ('variable' in part ? part.variable : []));
}
