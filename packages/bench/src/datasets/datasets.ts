import type { Scenario } from '../scenario.ts';
import { measureDatasets } from './measure-datasets.ts';

/** Datasets that roll over, at the size of a plant: every write to the one that holds the tag, and none to a tag that nobody knows. */
export const datasets: Scenario = {
  name: 'datasets',
  summary: 'tags spread over datasets that roll over: is each written where it is, and none that Canary does not have?',
  defaultRuns: 1,
  run: async (context) => measureDatasets(context),
  broken: (result) => {
    const zero = ['wrong', 'unknownTagWrites', 'status429'] as const;
    const { leftovers } = result;
    return [
      ...zero.flatMap((key) => (result[key] === 0 ? [] : [`${key} is ${JSON.stringify(result[key])} and must be 0`])),
      ...(Array.isArray(leftovers) && leftovers.length === 0 ? [] : [`left behind: ${JSON.stringify(leftovers)}`]),
    ];
  },
};
