import type { Limits } from '../limits.ts';
import type { BirthMetric, DecodedMetric, DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import type { TemplateDefinitions } from '../templates/definitions.ts';
import { Inheritances, NOTHING_INHERITED } from '../templates/inheritance.ts';
import type { Inheritance } from '../templates/inheritance.ts';
import { MetricReader, reject } from './metric-reader.ts';
import type { Ordinals } from './ordinals.ts';
import { messageOf } from './properties.ts';
import { nextMember, TemplateReader } from './template-message.ts';

interface Place {
  /** Names of the instances around, each with its `/`. */
  prefix: string;
  /** What the definitions know about this place. */
  inherited: Inheritance;
  depth: number;
}

/** Turns a template instance into itself and its members, `parent/child`, each with what it inherits. */
export class InstanceReader {
  readonly #limits: Limits;
  readonly #metrics: MetricReader;
  readonly #templates: TemplateReader;
  readonly #definitions: TemplateDefinitions;
  readonly #inheritances: Inheritances;
  readonly #ordinals: Ordinals;
  #handedOut = 0;

  constructor(limits: Limits, definitions: TemplateDefinitions, ordinals: Ordinals) {
    this.#limits = limits;
    this.#metrics = new MetricReader(limits);
    this.#templates = new TemplateReader(limits, this.#metrics.faults);
    this.#definitions = definitions;
    this.#inheritances = new Inheritances(definitions, limits);
    this.#ordinals = ordinals;
  }

  /** What was done so far, in properties handed out or looked at: a few bytes of a member may inherit a thousand. */
  get work(): number {
    return this.#handedOut + this.#inheritances.work;
  }

  /** Reads the template metric between `start` and `end` of the source. */
  flatten(source: Source, start: number, end: number): Generator<BirthMetric, void, undefined> {
    return this.#flatten(source, start, end, { prefix: '', inherited: NOTHING_INHERITED, depth: 0 });
  }

  *#flatten(source: Source, start: number, end: number, place: Place): Generator<BirthMetric, void, undefined> {
    const metric = this.#metrics.read(source, start, end, this.#ordinals.next());
    if (metric.rejected) {
      const around = place.prefix === '' ? null : place.prefix.slice(0, -1);
      const wholeName = metric.wholeName === null ? around : place.prefix + metric.wholeName;
      yield { ...metric, name: metric.name === null ? null : place.prefix + metric.name, wholeName };
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
    const known = this.#inheritances.ofMember(place.inherited, own);
    if (templateStart < 0) {
      this.#inherit(metric, known);
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
    const definition = head.templateRef === null ? undefined : this.#definitions.find(head.templateRef);
    const inherited = this.#inheritances.ofInstance(place.inherited, definition);
    const missing = new Set(inherited.missing);
    if (definition === undefined && head.templateRef !== null) missing.add(head.templateRef);
    const faults = this.#metrics.faults;
    for (const ref of missing) faults.add('TEMPLATE_UNKNOWN', 'Template/ref', ref);
    if (inherited.isCircular) faults.add('TEMPLATE_CYCLE', 'Template/ref', head.templateRef ?? name);
    if (inherited.isIncomplete) faults.add('TEMPLATE_INCOMPLETE', 'Template/ref', head.templateRef ?? name);
    if (inherited.isCut) faults.add('TEMPLATE_CHAIN_TOO_LONG', 'Template/ref', head.templateRef ?? name);
    addMissing(metric.properties, head.properties, this.#limits.properties);
    this.#inherit(metric, inherited);
    metric.faults = [...metric.faults, ...faults.take()];
    yield metric;
    yield* this.#members(source, start, end, { prefix: `${name}/`, inherited, depth: place.depth + 1 });
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

  #inherit(metric: DecodedMetric, { properties }: Inheritance): void {
    addMissing(metric.properties, properties, this.#limits.properties);
    this.#handedOut += 1 + metric.properties.length;
  }
}

function addMissing(properties: DecodedProperty[], more: readonly DecodedProperty[], most: number): void {
  if (more.length === 0) return;
  const keys = new Set(properties.map((property) => property.key));
  for (const property of more) {
    if (properties.length < most && !keys.has(property.key)) properties.push(property);
  }
}
