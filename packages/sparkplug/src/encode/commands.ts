import { Datatype } from '../datatype.ts';
import { encodePayload } from './birth.ts';

/** The metric that asks an edge node for its births (tck-id-operational-behavior-data-commands-rebirth-name). */
export const REBIRTH_METRIC = 'Node Control/Rebirth';

/** The payload of an NCMD that asks an edge node to publish all its births again. */
export function encodeRebirthRequest(timestamp: number): Buffer {
  return encodePayload({
    timestamp,
    metrics: [{ name: REBIRTH_METRIC, timestamp, datatype: Datatype.Boolean, value: true }],
  });
}

/** The payload of an NDEATH: the `bdSeq` of the NBIRTH it belongs to, and no `seq` (tck-id-payloads-ndeath-seq). */
export function encodeNodeDeath(bdSeq: number, timestamp: number): Buffer {
  return encodePayload({
    timestamp,
    metrics: [{ name: 'bdSeq', timestamp, datatype: Datatype.Int64, value: bdSeq }],
  });
}
