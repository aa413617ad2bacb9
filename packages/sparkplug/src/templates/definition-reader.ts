import { FaultList } from '../decode/fault-list.ts';
import { MetricReader } from '../decode/metric-reader.ts';
import { messageOf } from '../decode/properties.ts';
import { nextMember, TemplateReader } from '../decode/template-message.ts';
import { excerpt, FAULTS } from '../faults.ts';
import type { Fault, MetricFaultReason } from '../faults.ts';
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
  /** Something of the definition being read was lost. */
  #isIncomplete = false;

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
    const headFaults = this.#metrics.faults.take();
    if (!head.isDefinition) return false;
    this.#isIncomplete = false;
    if (this.#bytes + end - start > this.#limits.templateBytes) {
      this.#faults.add('TEMPLATES_TOO_MANY', null, `more than ${this.#limits.templateBytes} bytes, at ${metric.name}`);
      return false;
    }
    if (++this.#members > this.#limits.templateMembers) {
      this.#faults.add('TEMPLATES_TOO_MANY', null, `more than ${this.#limits.templateMembers}, at ${metric.name}`);
      return false;
    }
    this.#bytes += end - start;
    this.#note(metric.name, metric.faults);
    this.#note(metric.name, headFaults);
    const members = this.#readMembers(source, templateStart, templateEnd, metric.name, 1);
    const node: TemplateNode = {
      properties: inheritable(metric.properties, head.properties),
      templateRef: head.templateRef,
      members,
      isIncomplete: this.#isIncomplete,
    };
    if (this.#members > this.#limits.templateMembers) return false;
    this.definitions.add(metric.name, node);
    return true;
  }

  takeFaults(): readonly Fault[] {
    return this.#faults.take();
  }

  #note(path: string, faults: readonly Fault[]): void {
    for (const { reason, key, detail } of faults) {
      this.#isIncomplete ||= FAULTS[reason].effect === 'property';
      this.#faults.add(reason, key, `${excerpt(path)}: ${detail}`);
    }
  }

  #lose(reason: MetricFaultReason, detail: string): void {
    this.#isIncomplete = true;
    this.#faults.add(reason, null, excerpt(detail));
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
      this.#lose('TEMPLATE_TOO_DEEP', path);
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
      this.#lose('TEMPLATE_MALFORMED', `${path}: ${messageOf(error)}`);
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
      this.#lose(metric.reason, `${parent.path}: ${metric.detail}`);
      return;
    }
    if (metric.name === null) return;
    const path = `${parent.path}/${metric.name}`;
    this.#note(path, metric.faults);
    const { properties } = metric;
    const node: TemplateNode = { properties, templateRef: null, members: NO_MEMBERS, isIncomplete: false };
    if (templateStart >= 0) {
      const head = this.#templates.readHead(source, templateStart, templateEnd);
      this.#note(path, this.#metrics.faults.take());
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
