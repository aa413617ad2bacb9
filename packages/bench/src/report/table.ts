import type { BenchResult, Json } from '../scenario.ts';

/** One line for each figure; those of an object are named `object.figure`. */
export function renderTable(result: BenchResult): string {
  const lines = flatten(result, '');
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function flatten(result: BenchResult, prefix: string): [string, string][] {
  return Object.entries(result).flatMap(([name, value]): [string, string][] =>
    isObject(value) ? flatten(value, `${prefix}${name}.`) : [[`${prefix}${name}`, show(value)]],
  );
}

const isObject = (value: Json): value is BenchResult =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function show(value: Json): string {
  if (Array.isArray(value)) return value.map((one: Json) => show(one)).join(', ');
  if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 3 });
  return typeof value === 'string' ? value : JSON.stringify(value);
}
