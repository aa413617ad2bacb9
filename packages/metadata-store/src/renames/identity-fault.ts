import type { Fragment, ISql } from 'postgres';

/** What the identity property does not tell of a metric. */
export interface IdentityFault {
  /**
   * `shared`: another metric of the device has the value too.
   * `undecided`: the birth broke off before it told which metric the value is of.
   */
  kind: 'shared' | 'undecided';
  name: string;
  /** Empty when the metric has none. */
  value: string;
}

/** Most faults reported of one birth: one more than ingest keeps, so that it knows that there are more. */
export const mostReported = 2001;

/** The value of the property row `p`, if it identifies: integers and texts do, other types and the empty text do not. */
export function storedIdentity(sql: ISql): Fragment {
  return sql`nullif(coalesce(p.string_value, p.long_value::text, p.int_value::text), '')`;
}
