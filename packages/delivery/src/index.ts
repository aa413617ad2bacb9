export { connectRedis } from './redis/connections.ts';
export { PacedLimiter, type PacedLimiterOptions } from './limiter/paced-limiter.ts';
