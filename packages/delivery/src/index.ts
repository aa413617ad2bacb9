export { CircuitOpenError, FleetCircuit, type FleetCircuitOptions } from './circuit/fleet-circuit.ts';
export { defaultCircuitPolicy, type CircuitPolicy } from './circuit/circuit-policy.ts';
export type { CircuitState, TripReason } from './circuit/circuit-state.ts';
export type { Verdict } from './circuit/local-breaker.ts';
export { PacedLimiter, type Admission, type PacedLimiterOptions } from './limiter/paced-limiter.ts';
export { defaultPacing, type Pacing } from './limiter/pacing.ts';
export { JobQueue, type JobQueueOptions } from './queues/job-queue.ts';
export type { JobState } from './queues/job-states.ts';
export {
  JobWorker,
  type JobContext,
  type JobEnd,
  type JobHandler,
  type JobWorkerOptions,
} from './queues/job-worker.ts';
export { receiptJobId, receiptQueue, writeQueue, type QueueDefinition } from './queues/queue-definition.ts';
export { exportQueueDepths, type QueueDepth } from './queues/queue-metrics.ts';
export { connectRedis, RedisUnavailableError } from './redis/connections.ts';
export { checkRedisConfig, readRedisCa, redisSettings } from './redis/redis-settings.ts';
export { connectToQueueServer, EvictionPolicyError, readRunId } from './redis/server.ts';
export { defaultRetryPolicy, nextAttempt, type RetryPolicy, type RetryStep } from './retry-schedule.ts';
