export { createCanaryClient, type CanaryClient } from './client.ts';
export { ClientOptionsError } from './client-options-error.ts';
export { defaultClientOptions, defaultSessionPolicy, type CanaryClientOptions } from './client-options.ts';
export type { DatasetIndexEvent, DatasetIndexStats } from './dataset-index/dataset-index-event.ts';
export { defaultDatasetIndexPolicy, type DatasetIndexPolicy } from './dataset-index/dataset-index-policy.ts';
export type { Resolution, TagResolver } from './dataset-index/resolution.ts';
export type { Admit, CallReport } from './http/http-door.ts';
export { describeFailure, type CanaryFailure, type CanaryOutcome, type RefusalReason } from './outcome.ts';
export { datasetOf, GuardRailError } from './properties/dataset-guard.ts';
export { encodedSize } from './properties/encoded-properties.ts';
export {
  defaultRequestLimits,
  packRequests,
  type PackedRequests,
  type RequestLimits,
  type TagWrites,
} from './properties/pack-requests.ts';
export type { PropertiesByTag, PropertyValue, PropertyWrite } from './properties/property-write.ts';
export type { CloseResult, SessionPolicy } from './session/session-keeper.ts';
export type { SessionState } from './session/session-state.ts';
export { systemTiming, type Timing } from './timing.ts';
export type { TokenProvider } from './token.ts';
export type { BrowseNode, BrowseTagsRequest, TagPage } from './views/views-calls.ts';
export type { ReadValue, TagProperties } from './views/tag-properties.ts';
