/** A tag as the historian addresses it: `<dataset>.<rest>`. */
export interface TagName {
  readonly dataset: string;
  readonly rest: string;
}

const forbiddenInDataset = /[:=/*\\%?<>]/;
const controlCharacter = /\p{Cc}/u;

/** Why the text cannot name a dataset; `undefined` when it can. */
export function datasetNameProblem(name: string): string | undefined {
  if (name === '') return 'a dataset name is empty';
  if (name !== name.trim()) return `dataset "${name}" begins or ends with a space`;
  const forbidden = forbiddenInDataset.exec(name)?.[0];
  if (forbidden !== undefined) return `dataset "${name}" contains "${forbidden}"`;
  if (name.includes('.')) return `dataset "${name}" contains "."`;
  return controlCharacter.test(name) ? `dataset "${name}" contains a control character` : undefined;
}

export type ParsedTagName = { readonly name: TagName } | { readonly problem: string };

/** Splits a tag at its first `.`; a `.` in the rest is a browse level, so no level may be empty. */
export function parseTagName(tag: string): ParsedTagName {
  const dot = tag.indexOf('.');
  if (dot === -1) return { problem: 'the tag has no dataset' };
  const name = { dataset: tag.slice(0, dot), rest: tag.slice(dot + 1) };
  const problem = datasetNameProblem(name.dataset) ?? restProblem(name.rest);
  return problem === undefined ? { name } : { problem };
}

/** Why the text cannot be what follows the dataset in a tag. */
export function restProblem(rest: string): string | undefined {
  if (rest === '' || rest.startsWith('.') || rest.endsWith('.') || rest.includes('..'))
    return 'a browse level is empty';
  if (controlCharacter.test(rest)) return 'the tag contains a control character';
  return rest.isWellFormed() ? undefined : 'the tag is not valid Unicode';
}

export const fullName = (dataset: string, rest: string): string => `${dataset}.${rest}`;
