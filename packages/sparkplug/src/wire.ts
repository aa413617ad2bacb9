/** Protobuf tags, `field << 3 | wire type`, of the messages of sparkplug_b.proto (Sparkplug 3.0.0, 6.4.1). */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

export const PAYLOAD_TIMESTAMP = (1 << 3) | VARINT;
export const PAYLOAD_METRIC = (2 << 3) | BYTES;
export const PAYLOAD_SEQ = (3 << 3) | VARINT;
export const PAYLOAD_UUID = (4 << 3) | BYTES;
export const PAYLOAD_BODY = (5 << 3) | BYTES;

export const METRIC_NAME = (1 << 3) | BYTES;
export const METRIC_ALIAS = (2 << 3) | VARINT;
export const METRIC_TIMESTAMP = (3 << 3) | VARINT;
export const METRIC_DATATYPE = (4 << 3) | VARINT;
export const METRIC_IS_HISTORICAL = (5 << 3) | VARINT;
export const METRIC_IS_TRANSIENT = (6 << 3) | VARINT;
export const METRIC_IS_NULL = (7 << 3) | VARINT;
export const METRIC_METADATA = (8 << 3) | BYTES;
export const METRIC_PROPERTIES = (9 << 3) | BYTES;
export const METRIC_INT = (10 << 3) | VARINT;
export const METRIC_LONG = (11 << 3) | VARINT;
export const METRIC_FLOAT = (12 << 3) | FIXED32;
export const METRIC_DOUBLE = (13 << 3) | FIXED64;
export const METRIC_BOOLEAN = (14 << 3) | VARINT;
export const METRIC_STRING = (15 << 3) | BYTES;
export const METRIC_BYTES = (16 << 3) | BYTES;
export const METRIC_DATASET = (17 << 3) | BYTES;
export const METRIC_TEMPLATE = (18 << 3) | BYTES;

export const METADATA_DESCRIPTION = (8 << 3) | BYTES;

export const SET_KEY = (1 << 3) | BYTES;
export const SET_VALUE = (2 << 3) | BYTES;
export const LIST_SET = (1 << 3) | BYTES;

export const VALUE_TYPE = (1 << 3) | VARINT;
export const VALUE_IS_NULL = (2 << 3) | VARINT;
export const VALUE_INT = (3 << 3) | VARINT;
export const VALUE_LONG = (4 << 3) | VARINT;
export const VALUE_FLOAT = (5 << 3) | FIXED32;
export const VALUE_DOUBLE = (6 << 3) | FIXED64;
export const VALUE_BOOLEAN = (7 << 3) | VARINT;
export const VALUE_STRING = (8 << 3) | BYTES;
export const VALUE_SET = (9 << 3) | BYTES;
export const VALUE_LIST = (10 << 3) | BYTES;

export const DATASET_WIDTH = (1 << 3) | VARINT;
export const DATASET_COLUMN = (2 << 3) | BYTES;
export const DATASET_TYPE = (3 << 3) | VARINT;
/** `repeated uint32` may arrive packed too, whatever the schema says. */
export const DATASET_TYPES_PACKED = (3 << 3) | BYTES;
export const DATASET_ROW = (4 << 3) | BYTES;
export const ROW_ELEMENT = (1 << 3) | BYTES;
export const CELL_INT = (1 << 3) | VARINT;
export const CELL_LONG = (2 << 3) | VARINT;
export const CELL_FLOAT = (3 << 3) | FIXED32;
export const CELL_DOUBLE = (4 << 3) | FIXED64;
export const CELL_BOOLEAN = (5 << 3) | VARINT;
export const CELL_STRING = (6 << 3) | BYTES;

export const TEMPLATE_VERSION = (1 << 3) | BYTES;
export const TEMPLATE_METRIC = (2 << 3) | BYTES;
export const TEMPLATE_PARAMETER = (3 << 3) | BYTES;
export const TEMPLATE_REF = (4 << 3) | BYTES;
export const TEMPLATE_IS_DEFINITION = (5 << 3) | VARINT;

/** The other fields of a parameter are numbered as the arms of a property value are. */
export const PARAMETER_NAME = (1 << 3) | BYTES;
export const PARAMETER_TYPE = (2 << 3) | VARINT;
