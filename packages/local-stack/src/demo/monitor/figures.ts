/** What the store holds, and how far it has come to Canary. In metrics, unless it says otherwise. */
export interface StoreFigures {
  metrics: number;
  /** In properties. */
  properties: number;
  /** Entries of the history. */
  versions: number;
  /** Changed, and not on the way yet. */
  pending: number;
  /** Until the first of those is sent, in seconds; null when none is waiting. */
  firstDueSeconds: number | null;
  inFlight: number;
  /** Refused by Canary for good. */
  dead: number;
}

/** What the Canary simulator has counted since it was started. */
export interface CanaryFigures {
  requests: number;
  /** Those of them that have ended and carried properties. */
  writes: number;
  /** Those of them that have ended and only kept a session alive. */
  keepAlives: number;
  /** Arrivals in the second before the reading. */
  requestsPerSecond: number;
  maxRequestsPerSecond: number;
  /** Requests it takes in any one second. */
  cap: number;
  status429: number;
  /** Requests that ended with a server error. */
  serverErrors: number;
  /** Values of properties it was sent. */
  propertyWrites: number;
  /** Points in the time series of tags, whoever made them: by a client, or by itself ("No Data", extended values). */
  points: number;
}

export interface MeasuredParity {
  matched: number;
  total: number;
  /** Whether nothing has changed on either side since it was measured. */
  current: boolean;
  differences: readonly string[];
}

/** One reading of everything, from the servers themselves. */
export interface Figures {
  /** Device births that ingest has worked on. */
  births: number;
  store: StoreFigures;
  canary: CanaryFigures;
  /** Null until it was measured once. */
  parity: MeasuredParity | null;
}

/** Everything has arrived, and was read back. */
export function isSettled({ store, parity }: Figures): boolean {
  const onTheWay = store.pending + store.inFlight + store.dead;
  return onTheWay === 0 && parity !== null && parity.current && parity.total > 0 && parity.matched === parity.total;
}
