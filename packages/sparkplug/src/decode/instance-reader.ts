import type { Limits } from '../limits.ts';
import type { BirthMetric, DecodedMetric, DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import type { TemplateDefinitions, TemplateNode } from '../templates/definitions.ts';
import { MetricReader, reject } from './metric-reader.ts';
import type { Ordinals } from './ordinals.ts';
import { messageOf } from './properties.ts';
import { nextMember, TemplateReader } from './template-message.ts';

interface Place {
  /** Names of the instances around, each with its `/`. */
  prefix: string;
  /** What the definitions know about this place, nearest first. */
  inherited: readonly TemplateNode[];
  depth: number;
}

/** Turns a template instance into itself and its members, `parent/child`, each with what it inherits. */
export class InstanceReader {
  readonly #limits: Limits;
  readonly #metrics: MetricReader;
  readonly #templates: TemplateReader;
  readonly #definitions: TemplateDefinitions;
  readonly #ordinals: Ordinals;

  constructor(limits: Limits, definitions: TemplateDefinitions, ordinals: Ordinals) {
    this.#limits = limits;
    this.#metrics = new MetricReader(limits);
    this.#templates = new TemplateReader(limits, this.#metrics.faults);
    this.#definitions = definitions;
    this.#ordinals = ordinals;
  }

  /** Reads the template metric between `start` and `end` of the source. */
  flatten(source: Source, start: number, end: number): Generator<BirthMetric, void, undefined> {
    return this.#flatten(source, start, end, { prefix: '', inherited: [], depth: 0 });
  }

  *#flatten(source: Source, start: number, end: number, place: Place): Generator<BirthMetric, void, undefined> {
    const metric = this.#metrics.read(source, start, end, this.#ordinals.next());
    if (metric.rejected) {
      yield { ...metric, name: metric.name === null ? null : place.prefix + metric.name };
      return;
    }
    if (metric.name === null) {
      yield reject({ ...metric, reason: 'NAME_MISSING', detail: `template or member below "${place.prefix}"` });
      return;
    }
    const own = metric.name;
    const name = place.prefix + own;
    metric.name = name;
    if (Buffer.byteLength(name) > this.#limits.nameBytes) {
      yield reject({ ...metric, name, reason: 'NAME_TOO_LONG', detail: `${Buffer.byteLength(name)} bytes` });
      return;
    }
    const { templateStart, templateEnd } = this.#metrics;
    const known = place.inherited.flatMap((node) => node.members.get(own) ?? []);
    if (templateStart < 0) {
      this.#inherit(metric, this.#definitions.withAncestors(known).lineage);
      yield metric;
      return;
    }
    yield* this.#instance(source, templateStart, templateEnd, metric, name, { ...place, inherited: known });
  }

  *#instance(
    source: Source,
    start: number,
    end: number,
    metric: DecodedMetric,
    name: string,
    place: Place,
  ): Generator<BirthMetric, void, undefined> {
    if (place.depth >= this.#limits.depth) {
      yield reject({ ...metric, name, reason: 'TEMPLATE_TOO_DEEP', detail: `more than ${this.#limits.depth}` });
      return;
    }
    const head = this.#templates.readHead(source, start, end);
    if (head.isDefinition) {
      this.#metrics.faults.take();
      yield reject({ ...metric, name, reason: 'TEMPLATE_DEFINITION', detail: 'not a tag' });
      return;
    }
    const nodes = [...place.inherited];
    const definition = head.templateRef === null ? undefined : this.#definitions.find(head.templateRef);
    if (definition !== undefined) nodes.unshift(definition);
    const { lineage, missing, isCircular } = this.#definitions.withAncestors(nodes);
    const faults = this.#metrics.faults;
    if (definition === undefined && head.templateRef !== null) missing.unshift(head.templateRef);
    for (const ref of new Set(missing)) faults.add('TEMPLATE_UNKNOWN', 'Template/ref', ref);
    if (isCircular) faults.add('TEMPLATE_CYCLE', 'Template/ref', head.templateRef ?? name);
    addMissing(metric.properties, head.properties, this.#limits.properties);
    this.#inherit(metric, lineage);
    metric.faults = [...metric.faults, ...faults.take()];
    yield metric;
    yield* this.#members(source, start, end, { prefix: `${name}/`, inherited: lineage, depth: place.depth + 1 });
  }

  *#members(source: Source, start: number, end: number, place: Place): Generator<BirthMetric, void, undefined> {
    let position = start;
    for (;;) {
      let member: { start: number; end: number } | null;
      try {
        member = nextMember(source.reader, position, end);
      } catch (error) {
        const name = place.prefix.slice(0, -1);
        const ordinal = this.#ordinals.next();
        yield reject({ ordinal, name, alias: null, reason: 'TEMPLATE_MALFORMED', detail: messageOf(error) });
        return;
      }
      if (member === null) return;
      position = member.end;
      yield* this.#flatten(source, member.start, member.end, place);
    }
  }

  #inherit(metric: DecodedMetric, lineage: readonly TemplateNode[]): void {
    for (const node of lineage) addMissing(metric.properties, node.properties, this.#limits.properties);
  }
}

function addMissing(properties: DecodedProperty[], more: readonly DecodedProperty[], most: number): void {
  if (more.length === 0) return;
  const keys = new Set(properties.map((property) => property.key));
  for (const property of more) {
    if (properties.length < most && !keys.has(property.key)) properties.push(property);
  }
}
