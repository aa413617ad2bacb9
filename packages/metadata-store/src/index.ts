export { readAliases, saveAliases, type StoredAliases } from './aliases/device-aliases.ts';
export { readSharedAliases, type SharedAliases } from './aliases/shared-aliases.ts';
export type { BirthMetric, DeviceIdentity, PropertyType, StoredProperty } from './birth/birth-metric.ts';
export type { BirthChanges } from './birth/apply-birth.ts';
export type { KnownMetrics } from './birth/known-metrics.ts';
export type { Collision } from './birth/collisions.ts';
export { touchBirth } from './birth/touch-birth.ts';
export type { Birth, BirthOutcome } from './birth/birth.ts';
export { writeBirth } from './birth/write-birth.ts';
export {
  applyPathRules,
  RulesReplacedError,
  type AppliedPathRules,
  type PathRulesToApply,
} from './paths/apply-path-rules.ts';
export { quarantine, quarantineStrangers } from './quarantine/quarantine.ts';
export type { QuarantineEntry, QuarantineSubject } from './quarantine/quarantine-entry.ts';
export { tidyQuarantine } from './quarantine/tidy-quarantine.ts';
export { claimRebirth, knownEdgeNodes, type RebirthClaim } from './rebirths/rebirth-requests.ts';
export type { RenameOutcome } from './renames/declared-renames.ts';
export {
  declareRenames,
  listRenames,
  withdrawRename,
  type RenameDeclaration,
  type RenamePair,
} from './renames/rename-declarations.ts';
export type { IdentityFault } from './renames/identity-fault.ts';
export { forgetStrangers } from './templates/forget-strangers.ts';
export { readTemplates, saveTemplates, type EdgeNode } from './templates/node-templates.ts';
export type { DeadLetter, DeadLetterDetail, DeadLetterFilter, Resolution } from './dead-letters/dead-letter.ts';
export { countDeadLetters, listDeadLetters, readDeadLetter } from './dead-letters/read-dead-letters.ts';
export {
  discardDeadLetters,
  replayDeadLetters,
  type DeadLetterChoice,
  type Replayed,
} from './dead-letters/resolve-dead-letters.ts';
export { retireDeadLetters, type RetiredDeadLetters } from './dead-letters/retire-dead-letters.ts';
export { grantLogin } from './migrate/grant-login.ts';
export { migrate, MigrationChangedError } from './migrate/migrate.ts';
export { openStore, type StoreOptions } from './open-store.ts';
export { readBacklog, type Backlog } from './sync/backlog.ts';
export {
  claimDue,
  type Assignment,
  type ClaimDecision,
  type ClaimOptions,
  type ClaimResult,
  type DueMetric,
} from './sync/claim-due.ts';
export type { DeliveryPolicy } from './sync/desired-state.ts';
export { markDirty, markDueNow, type Debounce } from './sync/mark-dirty.ts';
export { readProgress, saveProgress, type Progress } from './sync/progress.ts';
export { repairMissed, searchMissed, type SearchStep, type Suspect } from './sync/missed-changes.ts';
export { reconcileStep, type ReconcileOptions, type ReconcileStep } from './sync/reconcile.ts';
export { recordReceipts, type DeferPolicy, type RecordedReceipts } from './sync/record-receipts.ts';
export {
  outstandingDeliveries,
  refuseReceipt,
  releaseLost,
  type LossPolicy,
  type LostDelivery,
  type Released,
} from './sync/release-lost.ts';
export { transitions, type SyncEvent, type SyncState } from './sync/state-machine.ts';
