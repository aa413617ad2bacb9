import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { RuleProblem } from './path-rules-error.ts';

const MAX_RULES = 1000;

const patterns = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

const ruleSchema = z.strictObject({
  rule: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a title is lower-case letters, digits and "-"'),
  match: z
    .strictObject({
      group: patterns.optional(),
      edge: patterns.optional(),
      device: patterns.optional(),
      name: patterns.optional(),
    })
    .default({}),
  device: z.string().optional(),
  metric: z.string().optional(),
});

/** A rule of the right shape; whether its patterns and templates mean anything is not known yet. */
export type WrittenRule = z.infer<typeof ruleSchema>;

const documentSchema = z.strictObject({ version: z.literal(1), rules: z.array(z.unknown()).max(MAX_RULES) });

type NodePath = readonly PropertyKey[];

/** A rules file as written: YAML 1.2, of which JSON is a part. */
export interface RulesDocument {
  /** Each with its index in the file, so that `lineOf` finds it. Rules of the wrong shape are left out. */
  readonly rules: readonly { readonly index: number; readonly written: WrittenRule }[];
  readonly problems: readonly RuleProblem[];
  /** The line of the deepest part of `path` that is in the file. */
  readonly lineOf: (path: NodePath) => number;
}

export function readRulesDocument(text: string): RulesDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const lineOf = (path: NodePath): number => counter.linePos(offsetOf(document.contents, path)).line;
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({
      line: counter.linePos(pos[0]).line,
      reason: message.replace(/ at line \d+, column \d+:[^]*$/, ''),
    }));
    return { rules: [], problems, lineOf };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Aliases that multiply beyond the bound.
    return {
      rules: [],
      problems: [{ line: 1, reason: error instanceof Error ? error.message : String(error) }],
      lineOf,
    };
  }
  const outer = documentSchema.safeParse(content);
  const problems = outer.success ? [] : problemsOf(outer.error, [], lineOf);
  const rules: { index: number; written: WrittenRule }[] = [];
  for (const [index, candidate] of rulesIn(content).entries()) {
    const rule = ruleSchema.safeParse(candidate);
    if (rule.success) rules.push({ index, written: rule.data });
    else problems.push(...problemsOf(rule.error, ['rules', index], lineOf));
  }
  return { rules, problems, lineOf };
}

// Also where the document around the rules is wrong: every problem is told at once.
function rulesIn(content: unknown): readonly unknown[] {
  const found = z.object({ rules: z.array(z.unknown()) }).safeParse(content);
  return found.success ? found.data.rules.slice(0, MAX_RULES) : [];
}

function problemsOf(error: z.ZodError, base: NodePath, lineOf: (path: NodePath) => number): RuleProblem[] {
  return error.issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ line: lineOf([...path, key]), reason: `"${key}" is not known here` }));
    }
    const what = issue.code === 'invalid_union' ? 'expected a pattern or a list of patterns' : issue.message;
    return [{ line: lineOf(path), reason: `${describePath(path)}: ${what}` }];
  });
}

function describePath(path: NodePath): string {
  return path.map((part) => (typeof part === 'number' ? `#${part + 1}` : String(part))).join(' ') || 'the file';
}

function offsetOf(contents: unknown, path: NodePath): number {
  let node = contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = (isNode(node) ? node.range?.[0] : undefined) ?? offset;
    } else break;
  }
  return offset;
}
