/** What a property or a TVQ may hold. */
export type Scalar = string | number | boolean | null;

/** Whether a parsed JSON value is one; not a number too large for a double, which the parser turns into infinity. */
export const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
