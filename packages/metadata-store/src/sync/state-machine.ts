/**
 * Where the delivery of a metric stands. A state is read from which columns of `metric_sync` are set:
 *
 * | state           | dirty_since, due_at | delivery_id, enqueued_at | failed_at |
 * | --------------- | ------------------- | ------------------------ | --------- |
 * | clean           | -                   | -                        | -         |
 * | dirty           | set                 | -                        | -         |
 * | in-flight       | -                   | set                      | -         |
 * | in-flight-dirty | set                 | set                      | -         |
 * | dead            | -                   | -                        | set       |
 *
 * There is no state with two deliveries: that is what keeps an old value from arriving after a newer one.
 */
export type SyncState = 'clean' | 'dirty' | 'in-flight' | 'in-flight-dirty' | 'dead';

export type SyncEvent =
  /** The change stream, or the reconciler, saw the metric. */
  | 'changed'
  /** Due, and what Canary has differs from what it should have. */
  | 'claimed-different'
  /** Due, and nothing differs. */
  | 'claimed-same'
  /** Receipts carry the row's delivery id, else they do not count. */
  | 'delivered'
  | 'deferred'
  | 'failed'
  /** Redis no longer has the job. */
  | 'job-lost'
  /** An operator asks for the dead letter, or the metric, to be delivered again. */
  | 'replayed';

/** `null`: the event cannot happen in the state, or does not count; the row stays as it is. */
export const transitions: Record<SyncState, Record<SyncEvent, SyncState | null>> = {
  clean: {
    changed: 'dirty',
    'claimed-different': null,
    'claimed-same': null,
    delivered: null,
    deferred: null,
    failed: null,
    'job-lost': null,
    replayed: 'dirty',
  },
  dirty: {
    changed: 'dirty',
    'claimed-different': 'in-flight',
    'claimed-same': 'clean',
    delivered: null,
    deferred: null,
    failed: null,
    'job-lost': null,
    replayed: 'dirty',
  },
  'in-flight': {
    changed: 'in-flight-dirty',
    'claimed-different': null,
    'claimed-same': null,
    delivered: 'clean',
    deferred: 'dirty',
    failed: 'dead',
    'job-lost': 'dirty',
    replayed: null,
  },
  'in-flight-dirty': {
    changed: 'in-flight-dirty',
    'claimed-different': null,
    'claimed-same': null,
    delivered: 'dirty',
    deferred: 'dirty',
    failed: 'dirty',
    'job-lost': 'dirty',
    replayed: null,
  },
  dead: {
    changed: 'dirty',
    'claimed-different': null,
    'claimed-same': null,
    delivered: null,
    deferred: null,
    failed: null,
    'job-lost': null,
    replayed: 'dirty',
  },
};
