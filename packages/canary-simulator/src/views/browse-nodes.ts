import { z } from 'zod';
import type { CanaryState } from '../canary/canary-state.ts';
import { good } from '../canary/envelope.ts';
import type { Operation } from '../canary/operation.ts';
import type { Dataset } from '../historian/dataset.ts';
import { inViewPath, placeOf, type Place } from './view-path.ts';
import { withToken } from './with-token.ts';

interface Node {
  fullPath: string;
  hasNodes: boolean;
  hasTags: boolean;
}

const body = z.strictObject({ apiToken: z.string().optional(), path: z.string().default('') });

export const browseNodes: Operation = withToken(body, (canary, _call, { path }) =>
  good({ nodes: Object.fromEntries(nodesAt(canary, placeOf(canary, path))) }),
);

function nodesAt(canary: CanaryState, place: Place): Map<string, Node> {
  const { tags } = canary.primary;
  if (place.level === 'dataset') {
    const dataset = tags.dataset(place.dataset);
    return dataset === undefined ? new Map() : nodesIn(canary, dataset, place.prefix);
  }
  const datasets = tags.datasets();
  if (place.level === 'view') return new Map(datasets.map((dataset) => [dataset.name, datasetNode(canary, dataset)]));
  if (place.level === 'nowhere' || canary.view === null) return new Map();
  return new Map([[canary.view, { fullPath: canary.view, hasNodes: datasets.length > 0, hasTags: false }]]);
}

function datasetNode(canary: CanaryState, dataset: Dataset): Node {
  const node = { fullPath: inViewPath(canary, dataset.name), hasNodes: false, hasTags: false };
  for (const { rest } of dataset.tags()) {
    if (rest.includes('.')) node.hasNodes = true;
    else node.hasTags = true;
    if (node.hasNodes && node.hasTags) break;
  }
  return node;
}

/** The browse levels right under `prefix`. A tag itself is no node, unless it is also the path to others. */
function nodesIn(canary: CanaryState, dataset: Dataset, prefix: string): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const { rest } of dataset.tags()) {
    if (!rest.startsWith(prefix)) continue;
    const end = rest.indexOf('.', prefix.length);
    if (end === -1) continue;
    const name = rest.slice(prefix.length, end);
    const fullPath = inViewPath(canary, `${dataset.name}.${rest.slice(0, end)}`);
    const node = nodes.get(name) ?? { fullPath, hasNodes: false, hasTags: false };
    if (rest.includes('.', end + 1)) node.hasNodes = true;
    else node.hasTags = true;
    nodes.set(name, node);
  }
  return nodes;
}
