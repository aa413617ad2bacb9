import { receiptSchema, writeJobSchema, type Receipt, type WriteJob } from '@uns/uns';

/** Says whether a payload from Redis is what its contract demands. */
interface PayloadSchema<T> {
  safeParse(payload: unknown): { success: true; data: T } | { success: false; error: { message: string } };
}

/** One of the two queues: its name, its contract, and what people read of its jobs. */
export interface QueueDefinition<T> {
  readonly name: string;
  readonly schema: PayloadSchema<T>;
  /** The job id: a job is added at most once while one of the same id is kept. */
  readonly jobId: (payload: T) => string;
  readonly title: (payload: T) => string;
}

/** cdc -> canary-writer */
export const writeQueue: QueueDefinition<WriteJob> = {
  name: 'canary-write',
  schema: writeJobSchema,
  jobId: (job) => job.deliveryId,
  title: (job) => job.device,
};

export const receiptJobId = (deliveryId: string): string => `receipt-${deliveryId}`;

/** canary-writer -> cdc */
export const receiptQueue: QueueDefinition<Receipt> = {
  name: 'canary-receipts',
  schema: receiptSchema,
  jobId: (receipt) => receiptJobId(receipt.deliveryId),
  title: (receipt) => `receipt of ${receipt.deliveryId}`,
};
