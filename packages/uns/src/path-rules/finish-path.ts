import { isLongerThan } from '../segments/byte-length.ts';
import { cleanDatasetSegment, isReservedDataset } from '../segments/dataset-segment.ts';
import { MAX_PATH_BYTES, MAX_SEGMENT_BYTES } from '../segments/segment-policy.ts';
import { excerpt, rejectPath, type MappedPath } from './mapped-path.ts';

/** `path` is clean. The dataset rule, the limits and the place are applied here. */
export function finishPath(path: string, rule: string): MappedPath {
  const [enterprise = '', country = '', businessUnit = '', plant = null] = path.split('/', 4);
  const dataset = cleanDatasetSegment(enterprise);
  if (isReservedDataset(dataset)) return rejectPath('DATASET_RESERVED', `${excerpt(dataset)} cannot name a dataset`);
  if (isLongerThan(MAX_SEGMENT_BYTES, path)) {
    const long = path.split('/').find((segment) => isLongerThan(MAX_SEGMENT_BYTES, segment));
    if (long !== undefined)
      return rejectPath('SEGMENT_TOO_LONG', `${excerpt(long)} is over ${MAX_SEGMENT_BYTES} bytes`);
    if (isLongerThan(MAX_PATH_BYTES, path)) {
      return rejectPath('PATH_TOO_LONG', `${excerpt(path)} is over ${MAX_PATH_BYTES} bytes`);
    }
  }
  const unsPath = dataset === enterprise ? path : dataset + path.slice(enterprise.length);
  return { ok: true, unsPath, prefix: null, country, businessUnit, plant, rule };
}
