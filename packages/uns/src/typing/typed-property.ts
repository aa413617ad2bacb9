import type { PropertyHash } from '../fingerprint/property-hash.ts';

/**
 * A property's value as the store types it. A long is a `number` up to 2^53 - 1 either way and a `bigint` beyond, so
 * that equal values are equal; a float has exactly the precision of 32 bits; no number is -0, which the store cannot
 * tell from 0.
 */
export type TypedValue =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'long'; readonly value: number | bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean };

export type PropertyType = TypedValue['type'];

/** `hash`: of key, type and value, for fingerprints. */
export type TypedProperty = { readonly key: string; readonly hash: PropertyHash } & TypedValue;

/** Why a property is not stored, in words for the engineer who has to put it right. */
export const TYPING_FAULTS = {
  KEY_EMPTY: {
    means: 'A property has an empty key.',
    whatToDo: 'Give the property a name at the edge, or remove it.',
  },
  KEY_NOT_TEXT: {
    means: 'A property key holds U+0000 or half of a surrogate pair, which no database text can hold.',
    whatToDo: 'Correct the property name at the edge.',
  },
  KEY_TOO_LONG: {
    means: 'A property key is longer than 1,000 bytes of UTF-8.',
    whatToDo: 'Shorten the property name at the edge.',
  },
  STRING_NOT_TEXT: {
    means: 'The text of a property holds U+0000 or half of a surrogate pair, which no database text can hold.',
    whatToDo: 'Correct the text at the edge; look for a text read from a device in another character set.',
  },
  INTEGER_OUT_OF_RANGE: {
    means: 'An integer does not fit the type it is declared with.',
    whatToDo: 'Declare the property with a wider integer type.',
  },
  FLOAT_OUT_OF_RANGE: {
    means: 'A number declared as Float is beyond what 32 bits can hold.',
    whatToDo: 'Declare the property as Double.',
  },
  PROPERTY_TYPE_MISMATCHED: {
    means: 'The declared type and the value of a property exclude each other, for example Double with a text.',
    whatToDo: 'Correct the type of the property at the edge.',
  },
  PROPERTY_TYPE_NOT_ALLOWED: {
    means: 'The declared type cannot stand in a property: sets, templates and arrays are no single value.',
    whatToDo: 'Publish the property as a text or number, or as a property set.',
  },
} as const satisfies Record<string, { means: string; whatToDo: string }>;

export type TypingFaultReason = keyof typeof TYPING_FAULTS;

export interface UntypedProperty {
  readonly ok: false;
  readonly key: string;
  readonly reason: TypingFaultReason;
  readonly detail: string;
}

export type PropertyTyping = ({ readonly ok: true } & TypedProperty) | UntypedProperty;
