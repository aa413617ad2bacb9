/** The tag of a path as the store knows it: which dataset holds it is Canary's business. */
export function canaryId(unsPath: string): string {
  return unsPath.replaceAll('/', '.');
}

// eslint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

/**
 * Two tags with the same key are one tag to the historian: they differ by upper and lower case, by Unicode
 * normalisation, or not at all (`A/B.C` and `A/B/C` have one Canary id). Independent of any locale.
 */
export function collisionKey(id: string): string {
  if (ASCII.test(id)) return id.toLowerCase();
  // Once more after lowering: H + U+0331 has no composed form, h + U+0331 has. A final sigma is a sigma.
  return id.normalize('NFC').toLowerCase().normalize('NFC').replaceAll('ς', 'σ');
}
