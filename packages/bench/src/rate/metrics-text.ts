/** The value of one line of Prometheus text, labels included in its name; 0 when there is none. */
export function metricIn(text: string, line: string): number {
  const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}
