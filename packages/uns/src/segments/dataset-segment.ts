// A dataset is a folder on the historian's Windows host, where these names are devices whatever their extension.
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

/**
 * The first segment of a path names a Canary dataset, and a dataset ends at the first dot of a tag: a dot in it is
 * replaced as well. Cleaning has already taken `: = / * \ % ? < >` and the spaces at both ends.
 */
export function cleanDatasetSegment(segment: string): string {
  return segment.replaceAll('.', '_');
}

export function isReservedDataset(segment: string): boolean {
  return WINDOWS_DEVICE.test(segment);
}
