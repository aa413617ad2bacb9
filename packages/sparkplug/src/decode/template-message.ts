import { Datatype, datatypeName } from '../datatype.ts';
import type { Limits } from '../limits.ts';
import type { DecodedProperty } from '../metric.ts';
import { nextField, type Reader, type Source } from '../protobuf.ts';
import {
  PARAMETER_NAME,
  PARAMETER_TYPE,
  TEMPLATE_IS_DEFINITION,
  TEMPLATE_METRIC,
  TEMPLATE_PARAMETER,
  TEMPLATE_REF,
  TEMPLATE_VERSION,
  VALUE_STRING,
} from '../wire.ts';
import type { FaultList } from './fault-list.ts';
import { messageOf } from './properties.ts';
import { PropertyValue } from './property-value.ts';
import { readText } from './text.ts';

/** The parts of a Template message besides its members. */
export interface TemplateHead {
  isDefinition: boolean;
  templateRef: string | null;
  /** Version, reference and parameters, which are metadata of the instance. */
  properties: DecodedProperty[];
}

export class TemplateReader {
  readonly #limits: Limits;
  readonly #faults: FaultList;
  readonly #value: PropertyValue;

  constructor(limits: Limits, faults: FaultList) {
    this.#limits = limits;
    this.#faults = faults;
    this.#value = new PropertyValue(limits.stringBytes);
  }

  /** Reads the head; members are skipped. Broken protobuf is a fault and ends it. */
  readHead(source: Source, start: number, end: number): TemplateHead {
    const head: TemplateHead = { isDefinition: false, templateRef: null, properties: [] };
    const { reader } = source;
    reader.pos = start;
    reader.len = end;
    try {
      while (reader.pos < end) {
        const tag = reader.tag();
        if (tag === TEMPLATE_IS_DEFINITION) head.isDefinition = reader.bool();
        else if (tag === TEMPLATE_REF) head.templateRef = this.#note(source, head, 'Template/ref');
        else if (tag === TEMPLATE_VERSION) this.#note(source, head, 'Template/version');
        else if (tag === TEMPLATE_PARAMETER) this.#parameter(source, end, head);
        else reader.skipType(tag & 7);
      }
    } catch (error) {
      this.#faults.add('PROPERTIES_MALFORMED', 'Template', messageOf(error));
    }
    return head;
  }

  #note(source: Source, head: TemplateHead, key: string): string | null {
    const { reader } = source;
    const length = reader.size();
    const start = reader.pos;
    reader.skip(length);
    if (length === 0) return null;
    const tooLong = length > this.#limits.nameBytes;
    const text = tooLong ? null : readText(source, start, reader.pos);
    if (text === null) {
      this.#faults.add(tooLong ? 'STRING_TOO_LONG' : 'STRING_NOT_TEXT', key, `${length} bytes`);
      return null;
    }
    this.#add(head, { key, type: Datatype.String, value: text });
    return text;
  }

  #parameter(source: Source, outer: number, head: TemplateHead): void {
    const { reader } = source;
    const length = reader.size();
    const end = reader.pos + length;
    if (end > outer) throw new RangeError('a parameter runs past its template');
    const value = this.#value;
    let name = '';
    let type = 0;
    value.reset(0);
    reader.len = end;
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === PARAMETER_NAME) name = reader.string();
      else if (tag === PARAMETER_TYPE) type = reader.uint32();
      // The other fields of a parameter are the arms of a property value, but for sets.
      else if (tag <= VALUE_STRING) value.readArm(reader, tag);
      else reader.skipType(tag & 7);
    }
    reader.len = outer;
    value.declare(type);
    const key = `Template/parameters/${name}`;
    if (value.arm === 'none') return;
    if (!value.isTypeKnown) this.#faults.add('PROPERTY_TYPE_UNKNOWN', key, `declared ${datatypeName(type)}`);
    if (name === '' || Buffer.byteLength(key) > this.#limits.keyBytes || name.includes('\0')) {
      this.#faults.add(name === '' ? 'KEY_EMPTY' : 'KEY_TOO_LONG', key, 'template parameter');
      return;
    }
    const scalar = value.scalar(source);
    if (scalar === undefined) this.#faults.add(value.problem, key, value.detail);
    else this.#add(head, { key, type: value.type, value: scalar });
  }

  #add(head: TemplateHead, property: DecodedProperty): void {
    const index = head.properties.findIndex(({ key }) => key === property.key);
    if (index >= 0) head.properties[index] = property;
    else if (head.properties.length < this.#limits.properties) head.properties.push(property);
    else this.#faults.add('PROPERTIES_TOO_MANY', property.key, `more than ${this.#limits.properties}`);
  }
}

/** The next member of a template from `position` on; null when there is none. Throws on broken protobuf. */
export function nextMember(reader: Reader, position: number, end: number): { start: number; end: number } | null {
  return nextField(reader, TEMPLATE_METRIC, position, end);
}
