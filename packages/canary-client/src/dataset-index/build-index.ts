import { ok, type CanaryOutcome } from '../outcome.ts';
import type { ViewsCalls } from '../views/views-calls.ts';
import { IndexFullError } from './compact-set.ts';
import { CompactTagIndex, type TagIndexLimits } from './compact-tag-index.ts';
import { rolloverSeries } from './rollover.ts';
import { listedKey } from './tag-name.ts';

/** Where the datasets of a series are looked for. */
export interface Series {
  /** The name of the first dataset, e.g. `Secil`; the others append a number. */
  readonly prefix: string;
  /** The view that Views puts in front of every tag; null when it puts none. */
  readonly viewPrefix: string | null;
}

/** A dataset as Views knows it. */
export interface Dataset {
  readonly name: string;
  readonly path: string;
}

export interface BuiltIndex {
  readonly tags: CompactTagIndex;
  /** Oldest first; the index names them by their place here. */
  readonly datasets: readonly Dataset[];
  /** The sequences of the views before the first page was read; null when they were not to be had. */
  readonly sequences: ReadonlyMap<string, string> | null;
  /** Tags listed below a dataset that do not carry its name. */
  readonly foreign: number;
}

/** Reads every tag of the series, page by page, into a new index. */
export async function buildIndex(
  options: { views: ViewsCalls; series: Series; pageSize: number; limits: TagIndexLimits },
  signal: AbortSignal,
): Promise<CanaryOutcome<BuiltIndex>> {
  const { views, series, pageSize, limits } = options;
  const { viewPrefix } = series;
  // Asked first: a change while the pages are read then shows as a sequence that moved.
  const status = await views.browseStatus(viewPrefix === null ? null : [viewPrefix], signal);
  const nodes = await views.browseNodes(viewPrefix ?? '', signal);
  if (nodes.outcome !== 'ok') return nodes;
  const datasets = rolloverSeries(nodes.value.keys(), series.prefix).map((name) => ({
    name,
    path: nodes.value.get(name)?.fullPath ?? name,
  }));
  const tags = new CompactTagIndex(limits);
  let foreign = 0;
  const addPage = (dataset: Dataset, number: number, page: readonly string[]): void => {
    for (const listed of page) {
      const key = listedKey(listed, dataset.name, viewPrefix);
      if (key === null) foreign++;
      else tags.add(key, number);
    }
  };
  try {
    for (const [number, dataset] of datasets.entries()) {
      const onPage = (page: readonly string[]): 'more' => {
        addPage(dataset, number, page);
        return 'more';
      };
      const read = await views.eachPage({ path: dataset.path, deep: true, maxSize: pageSize }, onPage, signal);
      if (read.outcome !== 'ok') return read;
    }
  } catch (error) {
    if (!(error instanceof IndexFullError)) throw error;
    return {
      outcome: 'refused',
      reason: 'tooLarge',
      detail: `the tags of ${series.prefix}* do not fit: ${error.message}`,
    };
  }
  return ok({ tags, datasets, sequences: status.outcome === 'ok' ? status.value : null, foreign });
}
