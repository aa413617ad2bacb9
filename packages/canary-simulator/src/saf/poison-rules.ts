import type { TagRequest } from './store-data-body.ts';

/** Tags that are refused as if something were wrong with them. */
export interface PoisonRule {
  /** Full names, dataset included. */
  readonly tags: readonly string[];
  /** Parts of full names. */
  readonly contains: readonly string[];
  /** Whether the text of the error says which tag it is. */
  readonly namesTag: boolean;
  /** How many requests it refuses before it wears off; `undefined` for all. */
  readonly count: number | undefined;
}

interface ActiveRule extends Omit<PoisonRule, 'tags'> {
  readonly tags: ReadonlySet<string>;
  fired: number;
}

export class PoisonRules {
  #rules: ActiveRule[] = [];

  replace(rules: readonly PoisonRule[]): void {
    this.#rules = rules.map((rule) => ({ ...rule, tags: new Set(rule.tags), fired: 0 }));
  }

  /** Requests refused, by rule. */
  get fired(): number[] {
    return this.#rules.map((rule) => rule.fired);
  }

  /** Problems of the tags of one request under the rules of these numbers, by tag. */
  problems(requests: readonly TagRequest[], active: readonly number[]): Map<string, string> {
    const problems = new Map<string, string>();
    for (const index of active) {
      const rule = this.#rules[index];
      if (rule === undefined || rule.fired === rule.count) continue;
      const hit = requests.filter(({ tag }) => matches(rule, tag));
      for (const { tag } of hit) problems.set(tag, textFor(rule, tag));
      if (hit.length > 0) rule.fired += 1;
    }
    return problems;
  }
}

const matches = (rule: ActiveRule, tag: string): boolean =>
  rule.tags.has(tag) || rule.contains.some((part) => tag.includes(part));

const textFor = (rule: ActiveRule, tag: string): string =>
  rule.namesTag ? `"${tag}": the property could not be stored` : 'a property could not be stored';
