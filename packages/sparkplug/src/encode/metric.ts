import { Datatype, datatypeName } from '../datatype.ts';
import type { Writer } from '../protobuf.ts';
import * as wire from '../wire.ts';
import { arrayBytes, isArrayDatatype } from './array.ts';
import type { ArrayInput, DataSetInput, MetricInput, PropertyInput, TemplateInput } from './input.ts';
import { writeLong, writeScalar } from './scalar.ts';
import type { Arms } from './scalar.ts';

const METRIC_ARMS: Arms = {
  int: wire.METRIC_INT,
  long: wire.METRIC_LONG,
  float: wire.METRIC_FLOAT,
  double: wire.METRIC_DOUBLE,
  boolean: wire.METRIC_BOOLEAN,
  string: wire.METRIC_STRING,
  bytes: wire.METRIC_BYTES,
};

const VALUE_ARMS: Arms = {
  int: wire.VALUE_INT,
  long: wire.VALUE_LONG,
  float: wire.VALUE_FLOAT,
  double: wire.VALUE_DOUBLE,
  boolean: wire.VALUE_BOOLEAN,
  string: wire.VALUE_STRING,
  bytes: wire.VALUE_STRING,
};

const CELL_ARMS: Arms = {
  int: wire.CELL_INT,
  long: wire.CELL_LONG,
  float: wire.CELL_FLOAT,
  double: wire.CELL_DOUBLE,
  boolean: wire.CELL_BOOLEAN,
  string: wire.CELL_STRING,
  bytes: wire.CELL_STRING,
};

/** The fields of one Metric message, without the tag and length around it. */
export function writeMetric(writer: Writer, metric: MetricInput): void {
  if (metric.name !== undefined) writer.uint32(wire.METRIC_NAME).string(metric.name);
  if (metric.alias !== undefined) writeLong(writer.uint32(wire.METRIC_ALIAS), metric.alias);
  if (metric.timestamp !== undefined) writeLong(writer.uint32(wire.METRIC_TIMESTAMP), metric.timestamp);
  if (metric.datatype !== Datatype.Unknown) writer.uint32(wire.METRIC_DATATYPE).uint32(metric.datatype);
  if (metric.isHistorical !== undefined) writer.uint32(wire.METRIC_IS_HISTORICAL).bool(metric.isHistorical);
  if (metric.isTransient !== undefined) writer.uint32(wire.METRIC_IS_TRANSIENT).bool(metric.isTransient);
  if (metric.value === null) writer.uint32(wire.METRIC_IS_NULL).bool(true);
  if (metric.description !== undefined) {
    writer.uint32(wire.METRIC_METADATA).fork();
    writer.uint32(wire.METADATA_DESCRIPTION).string(metric.description).ldelim();
  }
  if (metric.properties !== undefined) {
    writer.uint32(wire.METRIC_PROPERTIES).fork();
    writeProperties(writer, metric.properties);
    writer.ldelim();
  }
  if (metric.value !== undefined && metric.value !== null) writeValue(writer, metric.datatype, metric.value);
}

function writeValue(writer: Writer, datatype: number, value: NonNullable<MetricInput['value']>): void {
  if (typeof value !== 'object' || value instanceof Uint8Array) {
    writeScalar(writer, METRIC_ARMS, datatype, value);
  } else if (datatype === Datatype.DataSet && 'columns' in value) {
    writer.uint32(wire.METRIC_DATASET).fork();
    writeDataSet(writer, value);
    writer.ldelim();
  } else if (datatype === Datatype.Template && 'metrics' in value) {
    writer.uint32(wire.METRIC_TEMPLATE).fork();
    writeTemplate(writer, value);
    writer.ldelim();
  } else if (isArrayDatatype(datatype) && isArrayInput(value)) {
    writer.uint32(wire.METRIC_BYTES).bytes(arrayBytes(datatype, value));
  } else {
    throw new TypeError(`this value cannot be sent as ${datatypeName(datatype)}`);
  }
}

function isArrayInput(value: object): value is ArrayInput {
  return Array.isArray(value);
}

/** The keys first, then the values, as every publisher of the field does. */
function writeProperties(writer: Writer, properties: Iterable<PropertyInput>): void {
  const list = [...properties];
  for (const { key } of list) writer.uint32(wire.SET_KEY).string(key);
  for (const property of list) {
    writer.uint32(wire.SET_VALUE).fork();
    writePropertyValue(writer, property);
    writer.ldelim();
  }
}

function writePropertyValue(writer: Writer, property: PropertyInput): void {
  if ('set' in property) {
    writer.uint32(wire.VALUE_TYPE).uint32(Datatype.PropertySet);
    writer.uint32(wire.VALUE_SET).fork();
    writeProperties(writer, property.set);
    writer.ldelim();
  } else if ('list' in property) {
    writer.uint32(wire.VALUE_TYPE).uint32(Datatype.PropertySetList);
    writer.uint32(wire.VALUE_LIST).fork();
    for (const set of property.list) {
      writer.uint32(wire.LIST_SET).fork();
      writeProperties(writer, set);
      writer.ldelim();
    }
    writer.ldelim();
  } else {
    writer.uint32(wire.VALUE_TYPE).uint32(property.type);
    if (property.value === null) writer.uint32(wire.VALUE_IS_NULL).bool(true);
    else writeScalar(writer, VALUE_ARMS, property.type, property.value);
  }
}

function writeDataSet(writer: Writer, dataSet: DataSetInput): void {
  writeLong(writer.uint32(wire.DATASET_WIDTH), dataSet.columns.length);
  for (const column of dataSet.columns) writer.uint32(wire.DATASET_COLUMN).string(column);
  for (const type of dataSet.types) writer.uint32(wire.DATASET_TYPE).uint32(type);
  for (const row of dataSet.rows) {
    writer.uint32(wire.DATASET_ROW).fork();
    row.forEach((cell, index) => {
      writer.uint32(wire.ROW_ELEMENT).fork();
      if (cell !== null) writeScalar(writer, CELL_ARMS, dataSet.types[index] ?? Datatype.String, cell);
      writer.ldelim();
    });
    writer.ldelim();
  }
}

function writeTemplate(writer: Writer, template: TemplateInput): void {
  if (template.version !== undefined) writer.uint32(wire.TEMPLATE_VERSION).string(template.version);
  for (const metric of template.metrics) {
    writer.uint32(wire.TEMPLATE_METRIC).fork();
    writeMetric(writer, metric);
    writer.ldelim();
  }
  for (const { name, type, value } of template.parameters ?? []) {
    writer.uint32(wire.TEMPLATE_PARAMETER).fork();
    writer.uint32(wire.PARAMETER_NAME).string(name).uint32(wire.PARAMETER_TYPE).uint32(type);
    // Parameters number their arms as properties do.
    writeScalar(writer, VALUE_ARMS, type, value);
    writer.ldelim();
  }
  if (template.templateRef !== undefined) writer.uint32(wire.TEMPLATE_REF).string(template.templateRef);
  writer.uint32(wire.TEMPLATE_IS_DEFINITION).bool(template.isDefinition);
}
