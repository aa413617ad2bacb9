import { JobQueue } from '@uns/delivery';
import { ReceiptRecorder } from '../receipts/receipt-recorder.ts';
import { ChangeStream } from '../replication/change-stream.ts';
import { PendingChanges } from '../replication/pending-changes.ts';

// Loaded before the app (node --import): the process ends as by SIGKILL the first time it comes to the boundary that UNS_DIE_AT names.
// The app itself knows nothing of it.

const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('dead');
};

/** Puts something before a method, and something after what it resolves with. */
function around(
  prototype: object,
  name: string,
  o: { before?: (self: object) => void; after?: (self: object) => void },
) {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== 'function') throw new Error(`there is no ${name} to die at`);
  Reflect.set(prototype, name, function (this: object, ...args: unknown[]): unknown {
    o.before?.(this);
    const result: unknown = Reflect.apply(original, this, args);
    if (!(result instanceof Promise)) {
      o.after?.(this);
      return result;
    }
    return result.then((value: unknown) => {
      o.after?.(this);
      return value;
    });
  });
}

// Heartbeats pass the same way: what counts is a change of a metric.
let changed = false;
around(PendingChanges.prototype, 'add', { before: () => (changed = true) });
const whenChanged = (): void => void (changed && die());
const isWrites = (queue: object): boolean => queue instanceof JobQueue && queue.name === 'canary-write';

export const boundaries = {
  received: () => around(PendingChanges.prototype, 'commit', { before: whenChanged }),
  recorded: () => around(ChangeStream.prototype, 'recorded', { before: whenChanged }),
  // The answer has left the process when the socket has taken it.
  acknowledged: () => around(ChangeStream.prototype, 'recorded', { after: () => void setTimeout(whenChanged, 30) }),
  claimed: () => around(JobQueue.prototype, 'add', { before: (queue) => void (isWrites(queue) && die()) }),
  enqueued: () => around(JobQueue.prototype, 'add', { after: (queue) => void (isWrites(queue) && die()) }),
  delivered: () => around(ReceiptRecorder.prototype, 'record', { before: die }),
  'receipt recorded': () => around(ReceiptRecorder.prototype, 'record', { after: die }),
};

const boundary = Object.entries(boundaries).find(([name]) => name === process.env['UNS_DIE_AT']);
boundary?.[1]();
