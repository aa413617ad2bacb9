/**
 * The place of a dataset in the series that starts with `prefix`: 0 for `Secil`, 2 for `Secil2`, and so on.
 *
 * @returns null when the dataset is not of the series. `SecilArchive` is not: what else starts with the same letters may
 *   belong to somebody else.
 */
export function rolloverRank(dataset: string, prefix: string): number | null {
  if (!dataset.startsWith(prefix)) return null;
  const number = dataset.slice(prefix.length);
  if (number === '') return 0;
  return /^[1-9]\d{0,8}$/.test(number) ? Number(number) : null;
}

/** The datasets of the series, oldest first. */
export function rolloverSeries(datasets: Iterable<string>, prefix: string): string[] {
  return [...datasets]
    .flatMap((dataset) => {
      const rank = rolloverRank(dataset, prefix);
      return rank === null ? [] : [{ dataset, rank }];
    })
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ dataset }) => dataset);
}
