/**
 * What a fault costs:
 * - `noted`: nothing; the value is kept and the fault says what is odd about it;
 * - `property`: that property;
 * - `metric`: that metric;
 * - `birth`: what follows in the payload; the metrics decoded before it are good, but the birth is not complete;
 * - `message`: the message is not for this decoder.
 */
export type FaultEffect = 'noted' | 'property' | 'metric' | 'birth' | 'message';

interface FaultEntry {
  effect: FaultEffect;
  means: string;
  whatToDo: string;
}

/** Every way a message can be wrong, in words for the engineer who has to put it right. */
export const FAULTS = {
  TOPIC_NOT_SPARKPLUG: {
    effect: 'message',
    means: 'The topic does not begin with `spBv1.0` (upper and lower case count).',
    whatToDo: 'Nothing, if other traffic shares the broker. Otherwise correct the namespace at the publisher.',
  },
  TOPIC_STATE: {
    effect: 'message',
    means: 'A host application announced its state. Such messages are JSON, not Sparkplug payloads.',
    whatToDo: 'Nothing.',
  },
  TOPIC_UNKNOWN_TYPE: {
    effect: 'message',
    means: 'The third level of the topic is not a Sparkplug message type.',
    whatToDo: 'Correct the topic at the publisher: NBIRTH, NDEATH, NDATA, NCMD, DBIRTH, DDEATH, DDATA or DCMD.',
  },
  TOPIC_WRONG_LEVELS: {
    effect: 'message',
    means: 'Device messages have five topic levels and node messages four; this topic has another number.',
    whatToDo: 'Look for a `/` in the group, edge node or device id: Sparkplug forbids it there.',
  },
  TOPIC_EMPTY_ID: {
    effect: 'message',
    means: 'The group, edge node or device id in the topic is empty, or holds a wildcard or a NUL character.',
    whatToDo: 'Give the id a name at the publisher.',
  },
  TOPIC_ID_TOO_LONG: {
    effect: 'message',
    means: 'The group, edge node or device id in the topic has more than 250 bytes of UTF-8.',
    whatToDo: 'Give the id a shorter name at the publisher.',
  },

  PAYLOAD_EMPTY: {
    effect: 'birth',
    means: 'The message has no bytes: somebody cleared a retained birth. It says nothing about the device.',
    whatToDo: 'Nothing.',
  },
  PAYLOAD_NOT_SPARKPLUG: {
    effect: 'birth',
    means: 'The bytes can be read as protobuf but hold no timestamp, no metrics and no sequence number.',
    whatToDo: 'Check what publishes on this topic: probably JSON or text, or Sparkplug A.',
  },
  PAYLOAD_TRUNCATED: {
    effect: 'birth',
    means: 'The payload ends in the middle of a field.',
    whatToDo:
      'Compare the packet limits of the edge, the broker and every bridge between them; then ask for a rebirth.',
  },
  PAYLOAD_MALFORMED: {
    effect: 'birth',
    means: 'The outermost protobuf framing is broken, so what follows cannot be told apart.',
    whatToDo: 'Capture the message and report it to the vendor of the publisher.',
  },
  COMPRESSION_UNKNOWN: {
    effect: 'birth',
    means: 'The payload is compressed by an algorithm other than GZIP and DEFLATE.',
    whatToDo: 'Set the compression at the publisher to GZIP, DEFLATE or none.',
  },
  COMPRESSED_BODY_MISSING: {
    effect: 'birth',
    means: 'The payload says it is compressed but carries no body.',
    whatToDo: 'Report it to the vendor of the publisher; switch compression off until it is repaired.',
  },
  COMPRESSED_BODY_CORRUPT: {
    effect: 'birth',
    means: 'The compressed body cannot be inflated to its end.',
    whatToDo: 'Ask for a rebirth. If it happens again, report it to the vendor; switch compression off until then.',
  },
  COMPRESSION_NESTED: {
    effect: 'birth',
    means: 'The inflated payload is itself a compressed payload, or a compressed payload has metrics beside its body.',
    whatToDo: 'Look for two components that both compress, for example an edge and a bridge, and switch one off.',
  },
  INFLATED_TOO_LARGE: {
    effect: 'birth',
    means: 'The body inflates to more bytes than allowed. Reading stopped there.',
    whatToDo: 'If the birth is genuine, raise the limit on inflated bytes, or split the device.',
  },
  METRICS_TOO_MANY: {
    effect: 'birth',
    means: 'The birth has more metrics than allowed. Reading stopped there.',
    whatToDo: 'If the birth is genuine, raise the limit on metrics, or split the device.',
  },

  METRIC_MALFORMED: {
    effect: 'metric',
    means: 'The protobuf of one metric is broken inside. Its neighbours are not affected.',
    whatToDo: 'Capture the birth and report it to the vendor of the publisher.',
  },
  METRIC_TOO_LARGE: {
    effect: 'metric',
    means: 'One metric takes more bytes than allowed, its value included.',
    whatToDo: 'Do not publish large files or data sets as a tag of a birth, or raise the limit on metric bytes.',
  },
  NAME_MISSING: {
    effect: 'metric',
    means:
      'The metric has neither a name nor an alias, or it is a template, or in one, and has an alias alone. A birth must name every metric.',
    whatToDo: 'Correct the publisher: births carry names also when aliases are in use.',
  },
  NAME_TOO_LONG: {
    effect: 'metric',
    means: 'The name of the metric is longer than allowed.',
    whatToDo: 'Shorten the tag path, or raise the limit on name bytes.',
  },
  NAME_NOT_TEXT: {
    effect: 'metric',
    means: 'The name of the metric is not valid UTF-8, or holds a NUL character.',
    whatToDo: 'Correct the tag name at the edge; look for a name read from a device in another character set.',
  },
  TEMPLATE_DEFINITION: {
    effect: 'metric',
    means: 'The metric is a template (UDT) definition, not a tag.',
    whatToDo: 'Nothing. Definitions give instances their properties and are not tags themselves.',
  },
  TEMPLATE_TOO_DEEP: {
    effect: 'metric',
    means: 'Templates are nested deeper than allowed; the members below are left out.',
    whatToDo: 'Flatten the UDT, or raise the limit on depth.',
  },
  TEMPLATE_MALFORMED: {
    effect: 'metric',
    means: 'The protobuf of a template is broken inside; members after the break are left out.',
    whatToDo: 'Capture the birth and report it to the vendor of the publisher.',
  },
  NESTED_DUPLICATE: {
    effect: 'metric',
    means: 'A member of a template instance is also published as a tag of its own. The tag of its own is used.',
    whatToDo: 'Nothing, or publish UDTs either as templates or flat, not both.',
  },

  PROPERTY_MALFORMED: {
    effect: 'property',
    means: 'The protobuf of one property is broken inside.',
    whatToDo: 'Capture the birth and report it to the vendor of the publisher.',
  },
  PROPERTIES_MALFORMED: {
    effect: 'property',
    means: 'The protobuf of a property set is broken inside; the pairs before the break are kept.',
    whatToDo: 'Capture the birth and report it to the vendor of the publisher.',
  },
  PROPERTIES_MISMATCHED: {
    effect: 'property',
    means: 'A property set has not as many keys as values. The pairs are kept, the rest is left out.',
    whatToDo: 'Correct the publisher: keys and values are two lists of the same length.',
  },
  PROPERTIES_TOO_MANY: {
    effect: 'property',
    means: 'A metric has more properties than allowed. The first ones are kept.',
    whatToDo: 'Reduce the custom properties of the tag, or raise the limit on properties.',
  },
  PROPERTY_TOO_DEEP: {
    effect: 'property',
    means: 'Property sets are nested deeper than allowed; the sets below are left out.',
    whatToDo: 'Flatten the property, or raise the limit on depth.',
  },
  KEY_EMPTY: {
    effect: 'property',
    means: 'A property has an empty key.',
    whatToDo: 'Give the property a name at the edge, or remove it.',
  },
  KEY_TOO_LONG: {
    effect: 'property',
    means: 'A property key is longer than allowed.',
    whatToDo: 'Shorten the key, or raise the limit on key bytes.',
  },
  KEY_NOT_TEXT: {
    effect: 'property',
    means: 'A property key is not valid UTF-8, or holds a NUL character.',
    whatToDo: 'Correct the property name at the edge.',
  },
  STRING_TOO_LONG: {
    effect: 'property',
    means: 'The text of a property is longer than allowed. It is left out whole, never cut.',
    whatToDo: 'Shorten the text, or raise the limit on string bytes.',
  },
  STRING_NOT_TEXT: {
    effect: 'property',
    means: 'The text of a property is not valid UTF-8, or holds a NUL character, which no database text can hold.',
    whatToDo: 'Correct the text at the edge; look for a text read from a device in another character set.',
  },
  INTEGER_OUT_OF_RANGE: {
    effect: 'property',
    means: 'An integer does not fit the width of the type it is declared with.',
    whatToDo: 'Declare the property with a wider integer type.',
  },
  PROPERTY_TYPE_MISMATCHED: {
    effect: 'property',
    means: 'The declared type and the value of a property exclude each other, for example Double with a text.',
    whatToDo: 'Correct the type of the property at the edge.',
  },
  PROPERTY_TYPE_NOT_ALLOWED: {
    effect: 'property',
    means: 'The declared type cannot stand in a property: DataSet, Template and arrays belong to metrics.',
    whatToDo: 'Publish the property as a text or number, or as a property set.',
  },

  DATASET_MALFORMED: {
    effect: 'property',
    means: 'The protobuf of a data set is broken inside, or its columns are too long. It gives no columns and types.',
    whatToDo: 'Capture the birth and report it to the vendor of the publisher.',
  },
  TEMPLATE_INCOMPLETE: {
    effect: 'property',
    means: 'A template instance inherits from a definition in which something could not be read.',
    whatToDo: 'Look for the entries of the edge node (empty device): they say what is wrong with the definition.',
  },
  TEMPLATE_CHAIN_TOO_LONG: {
    effect: 'property',
    means:
      'The definition of a template instance is derived from another one, that from the next, and so on, more often than allowed. What is defined beyond is not inherited.',
    whatToDo: 'Derive the UDT from fewer parents, or raise the limit on depth.',
  },

  PROPERTY_WITHOUT_VALUE: {
    effect: 'noted',
    means: 'A property is not null and yet has no value known to Sparkplug. It counts as absent, like a null.',
    whatToDo: 'Correct the publisher: set the value, or mark the property as null.',
  },
  PROPERTY_TYPE_UNKNOWN: {
    effect: 'noted',
    means: 'A property declares no type, or one the specification does not have. The type was taken from its value.',
    whatToDo: 'Correct the publisher: every property declares its type.',
  },
  KEY_DUPLICATE: {
    effect: 'noted',
    means:
      'A property key occurs twice in a metric, possibly as `a/b` and as `b` inside a set `a`. The last one counts.',
    whatToDo: 'Remove one of the two at the edge.',
  },
  DATATYPE_UNKNOWN: {
    effect: 'noted',
    means: 'A metric declares no datatype, or one a metric cannot have. The metric is kept as it is.',
    whatToDo: 'Correct the datatype at the publisher.',
  },
  DATASET_INCONSISTENT: {
    effect: 'noted',
    means: 'The number of columns, the column names and the column types of a data set disagree.',
    whatToDo: 'Correct the data set at the edge.',
  },
  TEMPLATE_UNKNOWN: {
    effect: 'noted',
    means:
      'A template instance refers to a definition its edge node has not published, so no properties are inherited.',
    whatToDo: 'Ask the edge node for a rebirth; definitions come in its NBIRTH.',
  },
  TEMPLATE_CYCLE: {
    effect: 'noted',
    means: 'Template definitions refer to each other in a circle. Each is used once.',
    whatToDo: 'Correct the parent types of the UDTs.',
  },
  TEMPLATES_TOO_MANY: {
    effect: 'noted',
    means: 'An edge node publishes more template definitions than allowed; the ones after that are not used.',
    whatToDo: 'Raise the limit on template members or template bytes.',
  },
  ALIAS_DUPLICATE: {
    effect: 'noted',
    means: 'Two metrics of one birth have the same alias. The first one keeps it.',
    whatToDo: 'Correct the publisher: an alias is unique within its edge node.',
  },
  ALIAS_UNRESOLVED: {
    effect: 'noted',
    means: 'A metric came with an alias only and no birth has named it yet. It stands as `alias:<id>` until one does.',
    whatToDo: 'Ask the edge node for a rebirth. Births carry names also when aliases are in use.',
  },
} as const satisfies Record<string, FaultEntry>;

export type FaultReason = keyof typeof FAULTS;

type ReasonOf<Effect extends FaultEffect> = {
  [R in FaultReason]: (typeof FAULTS)[R]['effect'] extends Effect ? R : never;
}[FaultReason];

export type TopicFaultReason = ReasonOf<'message'>;
export type PayloadFaultReason = ReasonOf<'birth'>;
export type MetricFaultReason = ReasonOf<'metric'>;
export type PropertyFaultReason = ReasonOf<'property' | 'noted'>;

/** One thing wrong with a metric: the property concerned, if it is one, and what was seen. */
export interface Fault {
  reason: FaultReason;
  key: string | null;
  detail: string;
}

/** The whole payload cannot be read to its end. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
  readonly reason: PayloadFaultReason;

  constructor(reason: PayloadFaultReason, detail: string, options?: ErrorOptions) {
    super(`${reason}: ${detail}`, options);
    this.reason = reason;
  }
}

const EXCERPT_LENGTH = 120;

/** A text from the wire, short enough for a fault's detail. */
export function excerpt(text: string): string {
  return text.length <= EXCERPT_LENGTH ? text : `${text.slice(0, EXCERPT_LENGTH)}…`;
}
