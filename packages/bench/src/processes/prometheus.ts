/** The sum of the samples of a metric with these labels, as `outcome="written"`; 0 when there is none yet. */
export function readSample(text: string, name: string, labels = ''): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    const found = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (found?.[1] === name && (found[2] ?? '').includes(labels)) sum += Number(found[3]);
  }
  return sum;
}
