import { show, type Finding } from './finding.ts';

/** The newest point of each property of each tag, as Canary shows it at one moment. */
export interface ShownTag {
  readonly tag: string;
  readonly properties: Readonly<Record<string, { readonly timestamp: string; readonly value: unknown }>>;
}

/** Watches what Canary shows, look after look: the time of a property never goes back, and no property vanishes. */
export class VisibleValues {
  readonly #last = new Map<string, Map<string, { timestamp: string; value: unknown }>>();
  looks = 0;
  changes = 0;

  look(tags: Iterable<ShownTag>): Finding[] {
    this.looks += 1;
    const findings: Finding[] = [];
    for (const { tag, properties } of tags) {
      const now = new Map(Object.entries(properties));
      const before = this.#last.get(tag) ?? new Map<string, { timestamp: string; value: unknown }>();
      for (const [property, was] of before) {
        const is = now.get(property);
        // All of one format, so they compare as texts.
        if (is !== undefined && is.timestamp > was.timestamp) continue;
        if (is !== undefined && is.timestamp === was.timestamp && is.value === was.value) continue;
        const after = is === undefined ? 'is gone' : `is ${show(is.value)} of ${is.timestamp}`;
        const detail = `Canary showed ${show(was.value)} of ${was.timestamp}, and then it ${after}`;
        findings.push({ oracle: 'visible', tag, property, detail });
      }
      this.changes += [...now].filter(([name, is]) => before.get(name)?.timestamp !== is.timestamp).length;
      this.#last.set(tag, now);
    }
    return findings;
  }
}
