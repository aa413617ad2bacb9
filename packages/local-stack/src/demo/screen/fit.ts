const separator = ' · ';

/** As many of the parts, from the first on, as fit side by side. The first is cut when not even that one fits. */
export function fit(parts: readonly string[], width: number): string {
  let line = parts[0] ?? '';
  if (line.length > width) return cut(line, width);
  for (const part of parts.slice(1)) {
    if (line.length + separator.length + part.length > width) break;
    line += separator + part;
  }
  return line;
}

export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 1 ? '' : `${text.slice(0, width - 1)}…`;
}

/** Breaks text into lines between words, each with the indent before it. A word that is too long stays whole. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(indent + word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
