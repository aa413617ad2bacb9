import { diffProperties, type Properties, type PropertyDiff } from './property-diff.ts';

/** What a tag has acknowledged. */
export interface DeliveredTag {
  readonly canaryId: string;
  readonly properties: Properties;
}

/**
 * What has to be written for a metric. On the tag it had, the difference. On another tag (the metric was renamed, or
 * its path moved) everything, and nothing is removed: the new tag never had it, and the old one is left alone.
 */
export function diffTag(desired: DeliveredTag, delivered: DeliveredTag | null): PropertyDiff {
  const same = delivered !== null && delivered.canaryId === desired.canaryId;
  return diffProperties(desired.properties, same ? delivered.properties : {});
}
