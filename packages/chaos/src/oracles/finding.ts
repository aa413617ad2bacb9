/** One thing that is wrong, as precisely as it is known. */
export interface Finding {
  oracle: OracleName;
  /** The tag in Canary, where it is about one. */
  tag: string | null;
  property: string | null;
  /** What it should be and what it is, in words. */
  detail: string;
}

/** What is promised, in the words of the verdict. */
export const oracles = {
  position: 'the slot never confirms more than is recorded',
  visible: 'no value in Canary is older than the one it replaced',
  order: 'what Canary showed is what the store had, in its order, each value once',
  parity: 'Canary ends with what the store has',
  plant: 'the store ends with what the plant has',
  versions: 'every change is on record',
  renames: 'a declared rename keeps the identity of its metric',
  convergence: 'everything is delivered soon after the last fault',
  deadLetters: 'nothing is given up',
  rate: 'never more requests in one second than allowed, where they arrive',
  values: 'no value, no point "No Data" and no extended value is written',
  redis: 'Redis stays bounded',
  sessions: 'sessions are revoked when the apps stop',
} as const;

export type OracleName = keyof typeof oracles;

/** Bounded: values come from the wire. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
