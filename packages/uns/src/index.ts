export { propertyWriteSchema, type PropertyValue, type PropertyWrite } from './contracts/property-write.ts';
export { writeJobSchema, type WriteJob, type WriteTag } from './contracts/write-job.ts';
export {
  deferReasons,
  failReasons,
  receiptSchema,
  type DeferReason,
  type FailReason,
  type Receipt,
  type TagOutcome,
} from './contracts/receipt.ts';
export { canaryId, collisionKey } from './canary/canary-id.ts';
export { toCanaryValue } from './canary/canary-value.ts';
export { applyDiff, diffProperties, isEmptyDiff, type Properties, type PropertyDiff } from './diff/property-diff.ts';
export { diffTag, type DeliveredTag } from './diff/tag-diff.ts';
export { createBirthFingerprint, type BirthFingerprint } from './fingerprint/birth-fingerprint.ts';
export { canonicalFormVersion } from './fingerprint/canonical-form.ts';
export {
  createMetricFingerprint,
  type FingerprintedMetric,
  type MetricFingerprint,
} from './fingerprint/metric-fingerprint.ts';
export { defaultPathRules } from './path-rules/default-rule.ts';
export { explainPath, type PathExplanation } from './path-rules/explain-path.ts';
export {
  PATH_FAULTS,
  type DeviceId,
  type MappedPath,
  type MetricId,
  type PathFaultReason,
} from './path-rules/mapped-path.ts';
export { parsePathRules } from './path-rules/parse-path-rules.ts';
export { createPathMapper, type DeviceMapper, type PathMapper } from './path-rules/path-mapper.ts';
export type { PathRules } from './path-rules/path-rule.ts';
export { PathRulesError, type RuleProblem } from './path-rules/path-rules-error.ts';
export { readPathRules } from './path-rules/read-path-rules.ts';
export { cleanPath } from './segments/segment-policy.ts';
export { typeProperty, type SparkplugProperty } from './typing/type-property.ts';
export {
  TYPING_FAULTS,
  type PropertyType,
  type PropertyTyping,
  type TypedProperty,
  type TypedValue,
  type TypingFaultReason,
} from './typing/typed-property.ts';
