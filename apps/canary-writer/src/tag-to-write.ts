import type { PropertyWrite, WriteTag } from '@uns/uns';

/** One tag of a write job, with the full tag in Canary that takes its properties. */
export interface TagToWrite {
  readonly source: WriteTag;
  /** Dataset included. */
  readonly tag: string;
  readonly properties: readonly PropertyWrite[];
}
