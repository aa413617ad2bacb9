import { Datatype, datatypeName } from '../datatype.ts';
import type { PropertyFaultReason } from '../faults.ts';
import type { PropertyScalar } from '../metric.ts';
import type { Reader, Source } from '../protobuf.ts';
import {
  VALUE_BOOLEAN,
  VALUE_DOUBLE,
  VALUE_FLOAT,
  VALUE_INT,
  VALUE_IS_NULL,
  VALUE_LIST,
  VALUE_LONG,
  VALUE_SET,
  VALUE_STRING,
  VALUE_TYPE,
} from '../wire.ts';
import { integerOf, joinUnsigned } from './integer.ts';
import { readText } from './text.ts';

/** The members of the `oneof value`, each with the type it stands for where none is declared. */
const ARM_TYPES = {
  none: Datatype.Unknown,
  int: Datatype.Int32,
  long: Datatype.Int64,
  float: Datatype.Float,
  double: Datatype.Double,
  boolean: Datatype.Boolean,
  string: Datatype.String,
  set: Datatype.PropertySet,
  list: Datatype.PropertySetList,
} as const;

type Arm = keyof typeof ARM_TYPES;

/**
 * One PropertyValue as it stood on the wire. The object is reused for every property of a birth: `read` fills it,
 * `scalar` says what it means.
 */
export class PropertyValue {
  isNull = false;
  arm: Arm = 'none';
  /** Where the bytes of a text, set or list are. */
  start = 0;
  end = 0;
  /** The type in use: the declared one, or the arm's. */
  type = 0;
  /** After `scalar` returned undefined. */
  problem: PropertyFaultReason = 'PROPERTY_MALFORMED';
  detail = '';
  #declared = 0;
  #low = 0;
  #high = 0;
  #number = 0;
  #boolean = false;
  readonly #longestString: number;

  constructor(longestString: number) {
    this.#longestString = longestString;
  }

  /** Reads from the reader's position to `end`. Throws on broken protobuf. */
  read(reader: Reader, end: number): void {
    this.reset(0);
    while (reader.pos < end) {
      const tag = reader.tag();
      if (tag === VALUE_TYPE) this.#declared = reader.uint32();
      else if (tag === VALUE_IS_NULL) this.isNull = reader.bool();
      else this.readArm(reader, tag);
    }
    // The reader knows the end of the metric only: what it read beyond this value it read from the next one.
    if (reader.pos !== end) throw new RangeError('a property value runs past its end');
    this.type = this.isTypeKnown ? this.#declared : ARM_TYPES[this.arm];
  }

  reset(declared: number): void {
    this.isNull = false;
    this.arm = 'none';
    this.#declared = declared;
  }

  /** Template parameters share the arms of property values, and declare their type in another field. */
  declare(type: number): void {
    this.#declared = type;
    this.type = this.isTypeKnown ? type : ARM_TYPES[this.arm];
  }

  get declared(): number {
    return this.#declared;
  }

  get isTypeKnown(): boolean {
    return this.#declared > Datatype.Unknown && this.#declared <= Datatype.DateTimeArray;
  }

  /** Reads one arm; other fields, extensions among them, are skipped. */
  readArm(reader: Reader, tag: number): void {
    switch (tag) {
      case VALUE_STRING:
        this.#readSpan(reader, 'string');
        break;
      case VALUE_INT:
        this.arm = 'int';
        this.#low = reader.uint32();
        this.#high = 0;
        break;
      case VALUE_DOUBLE:
        this.arm = 'double';
        this.#number = reader.double();
        break;
      case VALUE_BOOLEAN:
        this.arm = 'boolean';
        this.#boolean = reader.bool();
        break;
      case VALUE_LONG: {
        this.arm = 'long';
        const long = reader.uint64();
        this.#low = long.low >>> 0;
        this.#high = long.high >>> 0;
        break;
      }
      case VALUE_FLOAT:
        this.arm = 'float';
        this.#number = reader.float();
        break;
      case VALUE_SET:
        this.#readSpan(reader, 'set');
        break;
      case VALUE_LIST:
        this.#readSpan(reader, 'list');
        break;
      default:
        reader.skipType(tag & 7);
    }
  }

  /** What the value means, given its type; undefined when it means nothing, with `problem` and `detail` set. */
  scalar(source: Source): PropertyScalar | undefined {
    switch (this.type) {
      case Datatype.String:
      case Datatype.Text:
      case Datatype.UUID:
        return this.arm === 'string' ? this.#text(source) : this.#mismatch();
      case Datatype.Int8:
      case Datatype.Int16:
      case Datatype.Int32:
      case Datatype.Int64:
      case Datatype.UInt8:
      case Datatype.UInt16:
      case Datatype.UInt32:
      case Datatype.UInt64:
      case Datatype.DateTime:
        return this.#integer();
      case Datatype.Float:
      case Datatype.Double:
        return this.#float();
      case Datatype.Boolean:
        return this.#truth();
      case Datatype.Bytes:
      case Datatype.File:
        return this.arm === 'string' ? this.#base64(source.buffer) : this.#mismatch();
      case Datatype.PropertySet:
      case Datatype.PropertySetList:
        return this.#mismatch();
      default:
        return this.#fail('PROPERTY_TYPE_NOT_ALLOWED', datatypeName(this.type));
    }
  }

  #readSpan(reader: Reader, arm: Arm): void {
    const length = reader.size();
    this.arm = arm;
    this.start = reader.pos;
    reader.skip(length);
    this.end = reader.pos;
  }

  #text(source: Source): string | undefined {
    const length = this.end - this.start;
    if (length > this.#longestString) return this.#fail('STRING_TOO_LONG', `${length} bytes`);
    const text = readText(source, this.start, this.end);
    if (text !== null) return text;
    return this.#fail('STRING_NOT_TEXT', `${length} bytes beginning ${hex(source.buffer, this.start, this.end)}`);
  }

  /** PropertyValue has no bytes arm: publishers that send bytes put them into the text arm, where they are the same. */
  #base64(buffer: Buffer): string | undefined {
    const length = this.end - this.start;
    if (length > this.#longestString) return this.#fail('STRING_TOO_LONG', `${length} bytes`);
    return buffer.toString('base64', this.start, this.end);
  }

  #integer(): number | bigint | undefined {
    if (this.arm === 'int' || this.arm === 'long') {
      const value = integerOf(this.type, this.#low, this.#high);
      return value ?? this.#fail('INTEGER_OUT_OF_RANGE', this.#seen());
    }
    return this.#mismatch();
  }

  /** A whole number in an integer arm is taken for a float where its sign is certain. */
  #float(): number | undefined {
    if (this.arm === 'double' || this.arm === 'float') return this.#number;
    const isInteger = this.arm === 'int' || this.arm === 'long';
    return isInteger && this.#high === 0 && this.#low < 0x8000_0000 ? this.#low : this.#mismatch();
  }

  #truth(): boolean | undefined {
    if (this.arm === 'boolean') return this.#boolean;
    const isInteger = this.arm === 'int' || this.arm === 'long';
    return isInteger && this.#high === 0 && this.#low <= 1 ? this.#low === 1 : this.#mismatch();
  }

  #mismatch(): undefined {
    return this.#fail('PROPERTY_TYPE_MISMATCHED', this.#seen());
  }

  #fail(problem: PropertyFaultReason, detail: string): undefined {
    this.problem = problem;
    this.detail = detail;
    return undefined;
  }

  #seen(): string {
    const isInteger = this.arm === 'int' || this.arm === 'long';
    const value = isInteger ? ` ${joinUnsigned(this.#low, this.#high)}` : '';
    return `declared ${datatypeName(this.type)}, sent as ${this.arm}_value${value}`;
  }
}

function hex(buffer: Buffer, start: number, end: number): string {
  return buffer.toString('hex', start, Math.min(end, start + 16));
}
