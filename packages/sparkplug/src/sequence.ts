const SEQUENCE_SPAN = 256;
const MOST_NODES = 10_000;

/** How a message's sequence number stands to the one before it. */
export type SequenceNote =
  | { kind: 'first' | 'next' | 'repeated' }
  /** `missed` messages of the node were not seen, all kinds counted. */
  | { kind: 'gap'; missed: number }
  /** None, or not 0 to 255. */
  | { kind: 'invalid' };

/**
 * Notes gaps in the sequence numbers of edge nodes. Numbers run over births and data of a node together
 * (tck-id-payloads-sequence-num-incrementing); who does not subscribe to data sees gaps all the time. So a gap is for
 * the record and a reason to act only together with others. Knows the nodes heard last, at most 10,000.
 */
export class SequenceRecorder {
  readonly #last = new Map<string, number>();

  /** `node` is any key for the group and the edge node. An NBIRTH begins anew. */
  record(node: string, seq: number | null, isNodeBirth: boolean): SequenceNote {
    if (seq === null || !Number.isInteger(seq) || seq < 0 || seq >= SEQUENCE_SPAN) return { kind: 'invalid' };
    const last = this.#last.get(node);
    this.#remember(node, seq);
    if (last === undefined || isNodeBirth) return { kind: 'first' };
    const step = (seq - last + SEQUENCE_SPAN) % SEQUENCE_SPAN;
    if (step === 0) return { kind: 'repeated' };
    return step === 1 ? { kind: 'next' } : { kind: 'gap', missed: step - 1 };
  }

  #remember(node: string, seq: number): void {
    this.#last.delete(node);
    this.#last.set(node, seq);
    if (this.#last.size <= MOST_NODES) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }
}
