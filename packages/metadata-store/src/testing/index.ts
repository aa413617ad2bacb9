export { makeKnown } from './make-known.ts';
export { sampleBirth, type Sample, type SampleMetrics } from './sample-birth.ts';
export { emptyStore, idsByName, lineageOf, metricRows, type MetricRow } from './store-rows.ts';
export { testStore, type TestStore } from './test-store.ts';
