/** Sparkplug datatypes by name (Sparkplug 3.0.0, 6.4.16); properties use 1-15, 20 and 21 of them. */
export const Datatype = {
  Unknown: 0,
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  DataSet: 16,
  Bytes: 17,
  File: 18,
  Template: 19,
  PropertySet: 20,
  PropertySetList: 21,
  Int8Array: 22,
  Int16Array: 23,
  Int32Array: 24,
  Int64Array: 25,
  UInt8Array: 26,
  UInt16Array: 27,
  UInt32Array: 28,
  UInt64Array: 29,
  FloatArray: 30,
  DoubleArray: 31,
  BooleanArray: 32,
  StringArray: 33,
  DateTimeArray: 34,
} as const;

const names = new Map<number, string>(Object.entries(Datatype).map(([name, code]) => [code, name]));

/** The name of a datatype code; `Datatype 99` for a code the specification does not have. */
export function datatypeName(code: number): string {
  return names.get(code) ?? `Datatype ${code}`;
}

/** Whether a metric may have this datatype: PropertySet and PropertySetList belong to properties only. */
export function isMetricDatatype(code: number): boolean {
  return code >= Datatype.Int8 && code <= Datatype.DateTimeArray && code !== 20 && code !== 21;
}
