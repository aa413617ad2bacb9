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
