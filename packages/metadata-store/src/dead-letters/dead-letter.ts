import type { PropertyValue } from '@uns/uns';

export const resolutions = ['replayed', 'discarded', 'superseded'] as const;

/** How a dead letter was done with. `superseded`: its metric was delivered since then. */
export type Resolution = (typeof resolutions)[number];

/** A delivery that was given up. */
export interface DeadLetter {
  id: string;
  metricId: string;
  /** The path of its device. */
  device: string;
  canaryId: string;
  /** The tag in Canary, dataset included; null when none was found. */
  tag: string | null;
  reason: string;
  detail: string;
  createdAt: Date;
  /** Null while it is open. */
  resolution: Resolution | null;
  resolvedAt: Date | null;
  resolvedBy: string | null;
}

/** All that is known of one: what was sent and answered then, and how its metric stands now. */
export interface DeadLetterDetail extends DeadLetter {
  deliveryId: string;
  /** Excerpts, without any token. */
  request: string;
  answer: string;
  now: {
    unsPath: string;
    /** Where its delivery stands: out of delivery, waiting to be delivered, or on its way. */
    delivery: 'clean' | 'dirty' | 'in-flight' | 'dead';
    /** What Canary should have: this is what a replay delivers. */
    desired: Record<string, PropertyValue>;
    /** What Canary has acknowledged. */
    delivered: Record<string, PropertyValue>;
  };
}

/** Which dead letters; what is left out does not matter. */
export interface DeadLetterFilter {
  /** Default `open`. */
  state?: 'open' | 'resolved' | 'all';
  reason?: string | undefined;
  /** A path, and everything below it. */
  device?: string | undefined;
  /** Part of the Canary id. */
  tag?: string | undefined;
  /** Not older than this. */
  since?: Date | undefined;
}
