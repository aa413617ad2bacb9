import { parse } from '@swc/core';

export interface FoundTest {
  file: string;
  /** Titles from the outermost `describe` inwards. A title computed at run time keeps only its fixed parts. */
  title: string;
}

const suites = new Set(['describe', 'fdescribe']);
const tests = new Set(['it', 'test', 'fit']);
const switchedOff = new Set(['skip', 'todo', 'failing']);

/** The tests a TypeScript test file declares, read without running it. Those switched off are left out. */
export async function testsIn(file: string, source: string): Promise<FoundTest[]> {
  const found: FoundTest[] = [];
  visit(await parse(source, { syntax: 'typescript', target: 'es2024' }), []);
  return found;

  function visit(node: unknown, above: string[]): void {
    if (typeof node !== 'object' || node === null) return;
    const call = declarationIn(node);
    if (call?.off === true) return;
    const titles = call === undefined ? above : [...above, call.title];
    if (call !== undefined && tests.has(call.name)) found.push({ file, title: titles.join(' > ') });
    for (const child of Object.values(node)) visit(child, titles);
  }
}

interface Declaration {
  name: string;
  off: boolean;
  title: string;
}

/** `it('...', ...)`, `describe.each(...)('...', ...)` and the like; anything else is undefined. */
function declarationIn(node: object): Declaration | undefined {
  if (typeOf(node) !== 'CallExpression') return undefined;
  const title = titleOf(field(field(field(node, 'arguments'), '0'), 'expression'));
  const [name, ...modifiers] = namesIn(field(node, 'callee'));
  if (title === undefined || name === undefined || !(suites.has(name) || tests.has(name))) return undefined;
  return { name, off: modifiers.some((modifier) => switchedOff.has(modifier)), title };
}

/** `it.only.each(...)` gives it, only, each. */
function namesIn(callee: unknown): string[] {
  switch (typeOf(callee)) {
    case 'Identifier':
      return [String(field(callee, 'value'))];
    case 'MemberExpression':
      return [...namesIn(field(callee, 'object')), ...namesIn(field(callee, 'property'))];
    case 'CallExpression':
      return namesIn(field(callee, 'callee'));
    case 'TaggedTemplateExpression':
      return namesIn(field(callee, 'tag'));
    default:
      return [];
  }
}

function titleOf(node: unknown): string | undefined {
  if (typeOf(node) === 'StringLiteral') return String(field(node, 'value'));
  if (typeOf(node) !== 'TemplateLiteral') return undefined;
  const parts = field(node, 'quasis');
  return Array.isArray(parts) ? parts.map((part) => String(field(part, 'cooked'))).join('...') : undefined;
}

function typeOf(node: unknown): unknown {
  return field(node, 'type');
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}
