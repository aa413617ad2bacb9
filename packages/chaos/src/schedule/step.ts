import type { Edit, Rename } from '../plant/plant.ts';

/** How a transaction of manual SQL is written. */
export type SqlShape =
  | 'plain'
  /** Half of it in a transaction that begins before and commits after the other half's. */
  | 'overlapping'
  /** After a savepoint to which other values are rolled back. */
  | 'savepoint'
  /** Rolled back as a whole: nothing of it may be seen anywhere. */
  | 'rolled back';

export type WorkloadStep =
  | { kind: 'birth'; device: string; edits: readonly Edit[] }
  | { kind: 'sql'; device: string; edits: readonly Edit[]; shape: SqlShape }
  | { kind: 'rename'; device: string; pairs: readonly Rename[] };

export type App = 'ingest' | 'cdc' | 'canary-writer';

/** Faults of one lane never overlap; those of different lanes do. */
export type Fault =
  | { lane: 'apps'; fault: 'kill' | 'freeze'; app: App; index: number }
  | { lane: 'postgres'; fault: 'crash' | 'kill' | 'cut apps' | 'cut stream' | 'drop slot' }
  | {
      lane: 'redis';
      fault: 'crash' | 'restart empty' | 'restart with data' | 'down' | 'flush all' | 'cut clients';
    }
  | { lane: 'mqtt'; fault: 'cut clients' }
  | {
      lane: 'canary';
      fault:
        | 'down'
        | 'slow'
        | 'applied, answer lost'
        | 'applied, no answer'
        | 'refuses sessions'
        | 'forgets sessions'
        | '429'
        | '5xx'
        | 'hangs'
        | 'resets'
        | 'half an answer';
    };

export type FaultStep = {
  kind: 'fault';
  /** How long it lasts, in ms; 0 for what is over at once. */
  forMs: number;
} & Fault;

export type Step = {
  /** After the start of the schedule, in ms. */
  atMs: number;
} & (WorkloadStep | FaultStep);

/** The kind of a fault, as it is counted. */
export const faultName = (fault: Fault): string =>
  fault.lane === 'apps' ? `${fault.app}: ${fault.fault}` : `${fault.lane}: ${fault.fault}`;

export const faultTarget = (fault: Fault): string =>
  fault.lane === 'apps' ? `${fault.app} ${fault.index + 1}` : fault.lane;
