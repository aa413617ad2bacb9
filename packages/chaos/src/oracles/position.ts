import type { Finding } from './finding.ts';

/** The slot, read first, and what is recorded, read after it: both only grow, so the order makes no false alarm. */
export interface PositionSample {
  /** Whether a walsender reads the slot: then what is confirmed is what it has acknowledged. */
  active: boolean;
  confirmed: bigint;
  recorded: bigint | null;
}

/**
 * What is confirmed is the own LSN of a recorded commit plus one (ADR 0005). A slot that nobody reads may be further: it was just made,
 * and everything is compared before it is read.
 */
export function judgePosition({ active, confirmed, recorded }: PositionSample): Finding | null {
  if (!active || (recorded !== null && confirmed <= recorded + 1n)) return null;
  return {
    oracle: 'position',
    tag: null,
    property: null,
    detail: `the slot has confirmed ${formatLsn(confirmed)} and ${recorded === null ? 'nothing' : formatLsn(recorded)} is recorded`,
  };
}

/** `X/Y`, as PostgreSQL writes positions. */
export function parseLsn(text: string): bigint {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export const formatLsn = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`;
