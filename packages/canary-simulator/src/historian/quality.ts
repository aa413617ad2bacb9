/** OPC quality codes the API also takes by name. */
const byName = new Map([
  ['Good', 192],
  ['Bad', 0],
  ['No Data', 0x8000],
]);

export const goodQuality = 192;
export const noDataQuality = 0x8000;

/** A uint16 or one of the three names; `undefined` when it is neither. A quality that is left out is Good. */
export function parseQuality(quality: unknown): number | undefined {
  if (quality === undefined) return goodQuality;
  if (typeof quality === 'string') return byName.get(quality);
  const isUint16 = typeof quality === 'number' && Number.isInteger(quality) && quality >= 0 && quality <= 0xffff;
  return isUint16 ? quality : undefined;
}
