const EXCERPT_SOURCE_CHARS = 65_536;

/** Makes text of the wire fit for logs: the given secrets removed first, then cut to `maxChars`. */
export type Excerpt = (text: string, maxChars: number) => string;

/** A server may echo what it was sent, the API token included. */
export function excerptWithout(secrets: readonly string[]): Excerpt {
  const known = secrets.filter((secret) => secret !== '');
  return (text, maxChars) => {
    let clean = text.slice(0, EXCERPT_SOURCE_CHARS);
    for (const secret of known) clean = clean.replaceAll(secret, '[redacted]');
    return clean.length > maxChars ? `${clean.slice(0, maxChars - 1)}…` : clean;
  };
}
