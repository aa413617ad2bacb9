/**
 * What identifies a tag whatever dataset holds it: everything after the first segment, letter case included. Names that
 * differ only in case occur, so a tag is never taken for another that merely looks like it.
 *
 * @returns null when there is nothing after a first segment.
 */
export function tagKey(tag: string): string | null {
  const dot = tag.indexOf('.');
  return dot < 1 || dot === tag.length - 1 ? null : tag.slice(dot + 1);
}

/**
 * The key of a tag as Views lists it, with or without the view in front (`<view>.<dataset>.<rest>`).
 *
 * @returns null when the tag is not of this dataset.
 */
export function listedKey(listed: string, dataset: string, viewPrefix: string | null): string | null {
  const start = viewPrefix !== null && listed.startsWith(`${viewPrefix}.`) ? viewPrefix.length + 1 : 0;
  const rest = start + dataset.length + 1;
  return listed.startsWith(`${dataset}.`, start) && listed.length > rest ? listed.slice(rest) : null;
}
