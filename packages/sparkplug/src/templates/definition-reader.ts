import { FaultList } from '../decode/fault-list.ts';
import { MetricReader } from '../decode/metric-reader.ts';
import { messageOf } from '../decode/properties.ts';
import { nextMember, TemplateReader } from '../decode/template-message.ts';
import type { Fault } from '../faults.ts';
import type { Limits } from '../limits.ts';
import type { DecodedProperty } from '../metric.ts';
import type { Source } from '../protobuf.ts';
import { TemplateDefinitions } from './definitions.ts';
import type { TemplateNode } from './definitions.ts';

/** What an instance says for itself and does not inherit. */
const OWN_KEYS = new Set(['Template/ref', 'Template/version']);
/** Shared, because nearly all members have none. */
const NO_MEMBERS: ReadonlyMap<string, TemplateNode> = new Map();

/** Collects template definitions from metric after metric. */
export class DefinitionReader {
  readonly definitions = new TemplateDefinitions();
  readonly #limits: Limits;
  readonly #metrics: MetricReader;
  readonly #templates: TemplateReader;
  readonly #faults: FaultList;
  #members = 0;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#metrics = new MetricReader(limits);
    this.#templates = new TemplateReader(limits, this.#metrics.faults);
    this.#faults = new FaultList(limits.faultsPerMetric);
  }

  /** Whether the metric between `start` and `end` is a definition that was taken. */
  read(source: Source, start: number, end: number): boolean {
    const metric = this.#metrics.read(source, start, end, 0);
    const { templateStart, templateEnd } = this.#metrics;
    if (metric.rejected || metric.name === null || templateStart < 0) return false;
    const head = this.#templates.readHead(source, templateStart, templateEnd);
    if (!head.isDefinition) return false;
    if (this.#bytes + end - start > this.#limits.templateBytes) {
      this.#faults.add('TEMPLATES_TOO_MANY', null, `more than ${this.#limits.templateBytes} bytes, at ${metric.name}`);
      return false;
    }
    if (++this.#members > this.#limits.templateMembers) {
      this.#faults.add('TEMPLATES_TOO_MANY', null, `more than ${this.#limits.templateMembers}, at ${metric.name}`);
      return false;
    }
    this.#bytes += end - start;
    const node: TemplateNode = {
      properties: inheritable(metric.properties, head.properties),
      templateRef: head.templateRef,
      members: this.#readMembers(source, templateStart, templateEnd, metric.name, 1),
    };
    if (this.#members > this.#limits.templateMembers) return false;
    this.definitions.add(metric.name, node);
    return true;
  }

  takeFaults(): readonly Fault[] {
    return this.#faults.take();
  }

  #readMembers(
    source: Source,
    start: number,
    end: number,
    path: string,
    depth: number,
  ): ReadonlyMap<string, TemplateNode> {
    const members = new Map<string, TemplateNode>();
    if (depth > this.#limits.depth) {
      this.#faults.add('TEMPLATE_TOO_DEEP', null, path);
      return members;
    }
    let position = start;
    try {
      for (;;) {
        const found = nextMember(source.reader, position, end);
        if (found === null) return members;
        position = found.end;
        if (++this.#members > this.#limits.templateMembers) {
          this.#faults.add('TEMPLATES_TOO_MANY', null, `more than ${this.#limits.templateMembers} members, at ${path}`);
          return members;
        }
        this.#readMember(source, found.start, found.end, { path, depth, members });
      }
    } catch (error) {
      this.#faults.add('TEMPLATE_MALFORMED', null, `${path}: ${messageOf(error)}`);
      return members;
    }
  }

  #readMember(
    source: Source,
    start: number,
    end: number,
    parent: { path: string; depth: number; members: Map<string, TemplateNode> },
  ): void {
    const metric = this.#metrics.read(source, start, end, 0);
    const { templateStart, templateEnd } = this.#metrics;
    if (metric.rejected) {
      this.#faults.add(metric.reason, null, `${parent.path}: ${metric.detail}`);
      return;
    }
    if (metric.name === null) return;
    const path = `${parent.path}/${metric.name}`;
    for (const { reason, key, detail } of metric.faults) this.#faults.add(reason, key, `${path}: ${detail}`);
    const node: TemplateNode = { properties: metric.properties, templateRef: null, members: NO_MEMBERS };
    if (templateStart >= 0) {
      const head = this.#templates.readHead(source, templateStart, templateEnd);
      node.properties = inheritable(metric.properties, head.properties);
      node.templateRef = head.templateRef;
      node.members = this.#readMembers(source, templateStart, templateEnd, path, parent.depth + 1);
    }
    parent.members.set(metric.name, node);
  }
}

/** Parameters of a definition are the defaults of its instances (tck-id-payloads-template-instance-parameters). */
function inheritable(own: readonly DecodedProperty[], head: readonly DecodedProperty[]): DecodedProperty[] {
  return [...own, ...head.filter(({ key }) => !OWN_KEYS.has(key))];
}
