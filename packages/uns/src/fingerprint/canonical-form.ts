import { createHash } from 'node:crypto';
import { SEGMENT_POLICY_VERSION } from '../segments/segment-policy.ts';
import { TYPING_VERSION } from '../typing/type-property.ts';

/** Raise it when a fingerprint is computed otherwise than before: every metric then counts as changed once. */
export const FINGERPRINT_VERSION = 1;

/**
 * All that decides, besides the birth itself, what the store holds of it. It is part of every birth's fingerprint, so
 * that the first birth after a new rule, a new list of volatile properties or a new release is looked at again.
 * `rulesDigest` is that of the path mapper.
 */
export function canonicalFormVersion(o: { rulesDigest: string; volatile: Iterable<string> }): string {
  const volatile = [...new Set(o.volatile)].toSorted();
  const digest = createHash('sha256')
    .update(JSON.stringify([o.rulesDigest, volatile]))
    .digest('hex')
    .slice(0, 32);
  return `${FINGERPRINT_VERSION}.${TYPING_VERSION}.${SEGMENT_POLICY_VERSION}-${digest}`;
}
