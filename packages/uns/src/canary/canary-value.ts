import type { PropertyValue } from '../contracts/property-write.ts';
import type { TypedValue } from '../typing/typed-property.ts';
import { shortestFloat } from './shortest-float.ts';

/**
 * A typed value as the JSON scalar that Canary is given. The store does the same in SQL (`uns_meta.property_value`),
 * and the two must stay equal: what cdc compares and delivers comes from there.
 */
export function toCanaryValue(typed: TypedValue): PropertyValue {
  switch (typed.type) {
    case 'long':
      return typeof typed.value === 'bigint' ? longValue(typed.value) : typed.value;
    case 'float':
      return Number.isFinite(typed.value) ? shortestFloat(typed.value) : String(typed.value);
    case 'double':
      return Number.isFinite(typed.value) ? typed.value + 0 : String(typed.value);
    default:
      return typed.value;
  }
}

function longValue(value: bigint): PropertyValue {
  return value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER ? String(value) : Number(value);
}
