import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { parsePathRules } from './parse-path-rules.ts';
import { PathRulesError } from './path-rules-error.ts';
import type { PathRules } from './path-rule.ts';

const MAX_FILE_BYTES = 1 << 20;

/** Reads and checks a rules file, once, at start. Throws `PathRulesError`. */
export function readPathRules(file: string): PathRules {
  return parsePathRules(readText(file), file);
}

function readText(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      if (size > MAX_FILE_BYTES) throw new Error(`the file has ${size} bytes, more than ${MAX_FILE_BYTES}`);
      return readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PathRulesError(file, [{ line: null, reason }]);
  }
}
